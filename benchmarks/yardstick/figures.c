/* How fast figures can vary: a normal draw around each figure (standard error 0.05), bounds of every indicator fitted
 * again, weights within a quarter of equal ones and rescaled, additive scores from 0 to 100, ranks, and the counts of
 * each unit's ranks.
 *
 * gcc -O3 -march=native -ffp-contract=fast -fopenmp -o figures figures.c -lm && ./figures 27 40 100000 1
 */
#include "lanes.h"

static const double ERROR = 0.05;

/* The root of a number above zero, to 1e-13. */
static inline Real root(Real a) {
#ifdef __AVX512F__
  Real y = (Real)_mm512_rsqrt14_pd((__m512d)a), t = a * y, r = 1.0 - t * y;
  return t + t * r * (0.5 + 0.375 * r);
#else
  Real y = {0};
  for (int l = 0; l < WIDE; l++) y[l] = sqrt(a[l]);
  return y;
#endif
}

/* Two normal numbers from two words: Box and Muller, Annals of Mathematical Statistics 29:610 (1958). The angle is
 * drawn on the half circle where the cosine is not negative, its sign by one more bit. Polynomials to 3e-11. */
static inline void two_normals(Word a, Word b, Real *first, Real *second) {
  Real radius = root(-2.0 * logarithm(fraction(a)));
  Real t = 2.0 * one_and(b << 1) - all(3 - 0x1p-31), z = t * t; /* bits 0 to 30: from -1 to 1, of a quarter turn */
  Real s = all(-3.431788892764113e-06), c = all(4.4921640502642343e-07);
  s = s * z + 0.0001602545899051696; c = c * z - 2.5172184706434557e-05;
  s = s * z - 0.004681657706889848; c = c * z + 0.0009192399874515492;
  s = s * z + 0.07969260368538653; c = c * z - 0.020863473676371057;
  s = s * z - 0.6459640955740901; c = c * z + 0.2536695067211886;
  s = s * z + 1.5707963267680645; c = c * z - 1.2337005500624714;
  c = c * z + 0.9999999999992482;
  Word sign = (b << 32) & words(0x8000000000000000u);
  *first = radius * (Real)((Word)c ^ sign);
  *second = radius * (s * t);
}

/* Draws the figures of indicator m around x, those of all units in a row; finds their bounds. */
static inline void draw_figures(const double *x, int n, uint32_t m, uint64_t first, Real value[][VECTORS],
                                Real low[VECTORS], Real high[VECTORS]) {
  EACH { low[v] = all(1e300); high[v] = all(-1e300); }
  for (int i = 0; i < n; i += 4) {
    Word drawn[4][VECTORS];
    philox(first, (uint32_t)i, 2 + m, 42, drawn);
    double centre[4];
    for (int k = 0; k < 4; k++) centre[k] = x[i + k < n ? i + k : i];
    EACH for (int k = 0; k < 4; k += 2)
      two_normals(drawn[k][v], drawn[k + 1][v], &value[i + k][v], &value[i + k + 1][v]);
    int real = n - i < 4 ? n - i : 4;
    for (int k = 0; k < real; k++) EACH {
      Real own = ERROR * value[i + k][v] + centre[k];
      value[i + k][v] = own;
      low[v] = smaller(own, low[v]);
      high[v] = larger(own, high[v]);
    }
  }
}

static void block(const double *x, int n, int m, uint64_t first, int64_t *counts) {
  Real value[MOST_UNITS + 4][VECTORS], s[MOST_UNITS][VECTORS], total[VECTORS], low[VECTORS], high[VECTORS];
  Whole rank[MOST_UNITS][VECTORS];
  Word drawn[4][VECTORS];
  memset(s, 0, sizeof s[0] * (size_t)n);
  memset(total, 0, sizeof total);
  for (int k = 0; k < m; k++) {
    if (k % 4 == 0) philox(first, (uint32_t)(k / 4), 1, 42, drawn);
    draw_figures(x + k * n, n, (uint32_t)k, first, value, low, high);
    Real slope[VECTORS], shift[VECTORS];
    EACH {
      Real w = 0.75 + 0.5 * fraction(drawn[k % 4][v]);
      total[v] += w;
      slope[v] = w / (high[v] - low[v]);
      shift[v] = -slope[v] * low[v];
    }
    for (int i = 0; i < n; i++) EACH s[i][v] += slope[v] * value[i][v] + shift[v];
  }
  EACH total[v] = 100.0 / total[v];
  for (int i = 0; i < n; i++) EACH s[i][v] *= total[v];
  rank_block(n, s, rank);
  count_block(n, rank, counts);
}

int main(int argc, char **argv) { return measure(argc, argv, block); }
