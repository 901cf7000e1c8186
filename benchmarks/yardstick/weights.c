/* How fast weights can vary: exponential weights of all indicators (uniform on the simplex up to their sum, which does
 * not change a rank), additive scores, ranks, and the counts of each unit's ranks.
 *
 * gcc -O3 -march=native -ffp-contract=fast -fopenmp -o weights weights.c -lm && ./weights 27 40 1000000 1
 */
#include "lanes.h"

enum { TILE = 3 }; /* units at a time: 3 times 4 vectors of sums stay in registers */

static void draw_weights(int m, uint64_t first, Real w[][VECTORS]) {
  for (int i = 0; i < m; i += 4) {
    Word drawn[4][VECTORS];
    philox(first, (uint32_t)(i / 4), 1, 42, drawn);
    for (int k = 0; k < 4; k++) EACH w[i + k][v] = -logarithm(fraction(drawn[k][v]));
  }
}

static void block(const double *x, int n, int m, uint64_t first, int64_t *counts) {
  Real w[MOST_INDICATORS][VECTORS], s[MOST_UNITS + TILE][VECTORS];
  Whole rank[MOST_UNITS][VECTORS];
  draw_weights(m, first, w);
  for (int i = 0; i < n; i += TILE) {
    const double *x0 = x + i * m, *x1 = i + 1 < n ? x0 + m : x0, *x2 = i + 2 < n ? x1 + m : x0;
    Real a[VECTORS] = {0}, b[VECTORS] = {0}, c[VECTORS] = {0};
    for (int k = 0; k < m; k++) EACH { a[v] += x0[k] * w[k][v]; b[v] += x1[k] * w[k][v]; c[v] += x2[k] * w[k][v]; }
    EACH { s[i][v] = a[v]; s[i + 1][v] = b[v]; s[i + 2][v] = c[v]; }
  }
  rank_block(n, s, rank);
  count_block(n, rank, counts);
}

int main(int argc, char **argv) { return measure(argc, argv, block); }
