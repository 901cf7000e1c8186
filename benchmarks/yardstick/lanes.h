/* Several numbers at a time (eight with AVX-512, else four), and the random numbers of the yardsticks.
 *
 * A replicate is a lane; a block is BLOCK lanes. A draw depends on the seed, the replicate and its own place in it,
 * so that the counts are the same for any number of threads.
 * Philox4x32-10: Salmon, Moraes, Dror and Shaw, Parallel random numbers: as easy as 1, 2, 3 (2011).
 */
#include <math.h>
#include <omp.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#if defined(__AVX512F__) || defined(__AVX2__)
#include <immintrin.h>
#endif
#ifdef __AVX512F__
enum { WIDE = 8 };
#else
enum { WIDE = 4 };
#endif

enum { VECTORS = 4, BLOCK = WIDE * VECTORS, MOST_UNITS = 64, MOST_INDICATORS = 128, ROUNDS = 5 };
typedef double Real __attribute__((vector_size(8 * WIDE)));
typedef uint64_t Word __attribute__((vector_size(8 * WIDE)));
typedef int64_t Whole __attribute__((vector_size(8 * WIDE)));
#define EACH for (int v = 0; v < VECTORS; v++)

static inline Real all(double x) { return x - (Real){0}; }
static inline Word words(uint64_t x) { return x | (Word){0}; }

/* The product of the lower 32 bits of each; what stands above them does not count. */
static inline Word product(Word a, Word b) {
#ifdef __AVX512F__
  return (Word)_mm512_mul_epu32((__m512i)a, (__m512i)b);
#elif defined(__AVX2__)
  return (Word)_mm256_mul_epu32((__m256i)a, (__m256i)b);
#else
  return (a & words(0xffffffffu)) * (b & words(0xffffffffu));
#endif
}
static inline Real smaller(Real a, Real b) {
#ifdef __AVX512F__
  return (Real)_mm512_min_pd((__m512d)a, (__m512d)b);
#elif defined(__AVX2__)
  return (Real)_mm256_min_pd((__m256d)a, (__m256d)b);
#else
  Whole less = a < b;
  return (Real)(((Whole)a & less) | ((Whole)b & ~less));
#endif
}
static inline Real larger(Real a, Real b) {
#ifdef __AVX512F__
  return (Real)_mm512_max_pd((__m512d)a, (__m512d)b);
#elif defined(__AVX2__)
  return (Real)_mm256_max_pd((__m256d)a, (__m256d)b);
#else
  Whole more = a > b;
  return (Real)(((Whole)a & more) | ((Whole)b & ~more));
#endif
}

/* Four words of 32 bits for each replicate of a block, at a place of its stream; bits above the 32 are left over. */
static inline __attribute__((always_inline)) void philox(uint64_t first, uint32_t place, uint32_t stream, uint32_t seed,
                                                          Word out[4][VECTORS]) {
  uint32_t k0 = seed, k1 = stream;
  Word lane;
  for (int l = 0; l < WIDE; l++) lane[l] = (uint64_t)l;
  EACH {
    Word replicate = first + v * WIDE + lane;
    out[0][v] = replicate; out[1][v] = replicate >> 32; out[2][v] = words(place); out[3][v] = words(0);
  }
#pragma GCC unroll 10
  for (int round = 0; round < 10; round++) {
    EACH {
      Word p0 = product(out[0][v], words(0xD2511F53u)), p1 = product(out[2][v], words(0xCD9E8D57u));
      out[0][v] = (p1 >> 32) ^ out[1][v] ^ words(k0); out[1][v] = p1;
      out[2][v] = (p0 >> 32) ^ out[3][v] ^ words(k1); out[3][v] = p0;
    }
    k0 += 0x9E3779B9u; k1 += 0xBB67AE85u;
  }
}

/* The published answer of the generator to zeros: 6627e8d5 e169c58d bc57ac4c 9b00dbd8. */
static int philox_is_wrong(void) {
  Word out[4][VECTORS];
  philox(0, 0, 0, 0, out);
  const uint32_t known[4] = {0x6627e8d5u, 0xe169c58du, 0xbc57ac4cu, 0x9b00dbd8u};
  int wrong = 0;
  for (int i = 0; i < 4; i++) wrong += (uint32_t)out[i][0][0] != known[i];
  return wrong;
}

/* The lower 32 bits as a number from 1 to below 2, in steps of 2 to the -32. */
static inline Real one_and(Word w) {
  return (Real)(((w << 20) & words(0x000FFFFFFFFFFFFFu)) | words(0x3FF0000000000000u));
}
/* Above 0 and below 1: the middle of the step. */
static inline Real fraction(Word w) { return one_and(w) - all(1 - 0x1p-33); }

/* The natural logarithm of a normal number above zero, to 2e-11: the draw itself has 32 bits. */
static inline Real logarithm(Real x) {
  Whole bits = (Whole)x, e = (bits - (Whole)words(0x3FE6A09E667F3BCDu)) >> 52;
  Real f = (Real)(bits - (e << 52)) - 1.0;
  Real p = all(0.05235939384213644);
  p = p * f - 0.09804458451007568; p = p * f + 0.10047199190334152; p = p * f - 0.09945986830064908;
  p = p * f + 0.1100603790750665; p = p * f - 0.124954361559447; p = p * f + 0.14290811811733256;
  p = p * f - 0.16667024539772607; p = p * f + 0.1999988813698818; p = p * f - 0.24999992728950937;
  p = p * f + 0.33333334249244445; p = p * f - 0.500000000359497; p = p * f + 0.9999999999874644;
  return __builtin_convertvector(e, Real) * 0.6931471805599453 + f * p;
}

/* Ranks by comparing all pairs, 0 the best. Of equal scores, which random weights do not give, the later leads. */
static inline void rank_block(int n, Real s[][VECTORS], Whole rank[][VECTORS]) {
  for (int i = 0; i < n; i++) EACH rank[i][v] = (Whole)words((uint64_t)(n - 1 - i));
  for (int i = 1; i < n; i++) {
    Real own[VECTORS]; Whole ahead[VECTORS];
    EACH { own[v] = s[i][v]; ahead[v] = rank[i][v]; }
    for (int j = 0; j < i; j++) EACH {
#ifdef __AVX512F__
      __mmask8 better = _mm512_cmp_pd_mask((__m512d)s[j][v], (__m512d)own[v], _CMP_GT_OQ);
      const __m512i one = _mm512_set1_epi64(1);
      ahead[v] = (Whole)_mm512_mask_add_epi64((__m512i)ahead[v], better, (__m512i)ahead[v], one);
      rank[j][v] = (Whole)_mm512_mask_sub_epi64((__m512i)rank[j][v], better, (__m512i)rank[j][v], one);
#else
      Whole better = s[j][v] > own[v];
      ahead[v] -= better; rank[j][v] += better;
#endif
    }
    EACH rank[i][v] = ahead[v];
  }
}

/* Counts how often each unit has each rank. Neighbouring steps touch different counters, so none waits for another. */
static inline void count_block(int n, const Whole rank[][VECTORS], int64_t *counts) {
  const int64_t *flat = (const int64_t *)rank;
  for (int l = 0; l < BLOCK; l++)
    for (int i = 0; i < n; i++) counts[i * n + flat[i * BLOCK + l]]++;
}

/* The made-up index: figures from 0 to 1, the same in every run. */
static double *made_up(int size) {
  double *x = malloc(sizeof(double) * (size_t)size);
  uint64_t state = 1;
  for (int i = 0; i < size; i++) {
    state = state * 6364136223846793005u + 1442695040888963407u;
    x[i] = (double)(state >> 11) * 0x1p-53;
  }
  return x;
}

typedef void Block(const double *x, int n, int m, uint64_t first, int64_t *counts);

/* Runs all blocks several times and prints what the quickest reached: ./program UNITS INDICATORS REPLICATES THREADS.
 * Faults: the generator's published answer, the sum of each unit's row and of each rank's column of the counts. */
static int measure(int argc, char **argv, Block *block) {
  if (argc != 5) { fprintf(stderr, "usage: %s UNITS INDICATORS REPLICATES THREADS\n", argv[0]); return 2; }
  int n = atoi(argv[1]), m = atoi(argv[2]), threads = atoi(argv[4]);
  long blocks = (atol(argv[3]) + BLOCK - 1) / BLOCK;
  if (n < 1 || n > MOST_UNITS || m < 1 || m > MOST_INDICATORS || blocks < 1 || threads < 1) {
    fprintf(stderr, "1 to %d units, 1 to %d indicators, replicates and threads above 0\n", MOST_UNITS, MOST_INDICATORS);
    return 2;
  }
  double *x = made_up(n * m), best = 1e300;
  int64_t *counts = calloc((size_t)(n * n), sizeof *counts);
  for (int round = 0; round < ROUNDS; round++) {
    memset(counts, 0, sizeof *counts * (size_t)(n * n));
    double start = omp_get_wtime();
#pragma omp parallel num_threads(threads)
    {
      int64_t *own = calloc((size_t)(n * n), sizeof *own);
#pragma omp for schedule(static)
      for (long b = 0; b < blocks; b++) block(x, n, m, (uint64_t)b * BLOCK, own);
#pragma omp critical
      for (int i = 0; i < n * n; i++) counts[i] += own[i];
      free(own);
    }
    double seconds = omp_get_wtime() - start;
    best = seconds < best ? seconds : best;
  }
  long faults = philox_is_wrong(), all_replicates = blocks * BLOCK;
  double mean = 0;
  for (int i = 0; i < n; i++) {
    int64_t row = 0, column = 0;
    for (int j = 0; j < n; j++) { row += counts[i * n + j]; column += counts[j * n + i]; }
    faults += (row != all_replicates) + (column != all_replicates);
    mean += (double)counts[i] * (i + 1) / (double)all_replicates;
  }
  double rate = (double)all_replicates / best;
  printf("%.0f replicates/s (check %ld, mean rank of the first unit %.6f)\n", rate, faults, mean);
  return faults != 0;
}
