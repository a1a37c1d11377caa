/* The sweep as one would write it in C for one's own inventory, and what the machine can do at most.
   Built by ways_sweep.py: gcc -O3 -march=native -ffast-math -fopenmp -shared -fPIC */
#include <omp.h>
#include <stdint.h>
#include <stdlib.h>

/* Every cell has a multiplier of its own, on a linear path; cells are sorted by district, five quantities each.
   out[s][y][district * 5 + quantity] = sum over g of value[quantity][g] * (1 + (level[s][g] - 1) * way[y]) */
void swept(const double *restrict level, const double *restrict way, const double *restrict value,
           const int64_t *restrict start, int64_t scenarios, int64_t years, int64_t cells, int64_t districts,
           int threads, double *restrict out)
{
    const double *v0 = value, *v1 = value + cells, *v2 = value + 2 * cells, *v3 = value + 3 * cells,
                 *v4 = value + 4 * cells;
#pragma omp parallel for schedule(static) num_threads(threads)
    for (int64_t s = 0; s < scenarios; s++) {
        const double *l = level + s * cells;
        for (int64_t d = 0; d < districts; d++)
            for (int64_t y = 0; y < years; y++) {
                double w = way[y], t0 = 0, t1 = 0, t2 = 0, t3 = 0, t4 = 0;
                for (int64_t g = start[d]; g < start[d + 1]; g++) {
                    double m = 1 + (l[g] - 1) * w;
                    t0 += v0[g] * m;
                    t1 += v1[g] * m;
                    t2 += v2[g] * m;
                    t3 += v3[g] * m;
                    t4 += v4[g] * m;
                }
                double *to = out + ((s * years + y) * districts + d) * 5;
                to[0] = t0, to[1] = t1, to[2] = t2, to[3] = t3, to[4] = t4;
            }
    }
}

/* The same where the level of a cell is that of its group: an enterprise, or a sector. */
void swept_by_group(const double *restrict level, int64_t groups, const int64_t *restrict group,
                    const double *restrict way, const double *restrict value, const int64_t *restrict start,
                    int64_t scenarios, int64_t years, int64_t cells, int64_t districts, int threads,
                    double *restrict out)
{
#pragma omp parallel num_threads(threads)
    {
        double *l = malloc(cells * sizeof(double)); /* gathered once for all years */
#pragma omp for schedule(static)
        for (int64_t s = 0; s < scenarios; s++) {
            for (int64_t g = 0; g < cells; g++) l[g] = level[s * groups + group[g]];
            swept(l, way, value, start, 1, years, cells, districts, 1, out + s * years * districts * 5);
        }
        free(l);
    }
}

/* The same as swept, by one who sees that a linear path needs two sums a district, not one a year. */
void swept_split(const double *restrict level, const double *restrict way, const double *restrict value,
                 const int64_t *restrict start, int64_t scenarios, int64_t years, int64_t cells, int64_t districts,
                 int threads, double *restrict out)
{
    const double *v0 = value, *v1 = value + cells, *v2 = value + 2 * cells, *v3 = value + 3 * cells,
                 *v4 = value + 4 * cells;
    double *fixed = calloc(districts * 5, sizeof(double));
    for (int64_t d = 0; d < districts; d++)
        for (int64_t k = 0; k < 5; k++)
            for (int64_t g = start[d]; g < start[d + 1]; g++) fixed[d * 5 + k] += value[k * cells + g];
#pragma omp parallel for schedule(static) num_threads(threads)
    for (int64_t s = 0; s < scenarios; s++) {
        const double *l = level + s * cells;
        for (int64_t d = 0; d < districts; d++) {
            double t0 = 0, t1 = 0, t2 = 0, t3 = 0, t4 = 0;
            for (int64_t g = start[d]; g < start[d + 1]; g++) {
                t0 += v0[g] * l[g];
                t1 += v1[g] * l[g];
                t2 += v2[g] * l[g];
                t3 += v3[g] * l[g];
                t4 += v4[g] * l[g];
            }
            for (int64_t y = 0; y < years; y++) {
                double w = way[y], *to = out + ((s * years + y) * districts + d) * 5, *f = fixed + d * 5;
                to[0] = (1 - w) * f[0] + w * t0, to[1] = (1 - w) * f[1] + w * t1, to[2] = (1 - w) * f[2] + w * t2;
                to[3] = (1 - w) * f[3] + w * t3, to[4] = (1 - w) * f[4] + w * t4;
            }
        }
    }
    free(fixed);
}

/* Every cell has a growth rate of its own, compounded over after[y] years: rising by at most one a year. */
void grown(const double *restrict rate, const double *restrict after, const double *restrict value,
           const int64_t *restrict start, int64_t scenarios, int64_t years, int64_t cells, int64_t districts,
           int threads, double *restrict out)
{
    const double *v0 = value, *v1 = value + cells, *v2 = value + 2 * cells, *v3 = value + 3 * cells,
                 *v4 = value + 4 * cells;
#pragma omp parallel num_threads(threads)
    {
        double *restrict m = malloc(cells * sizeof(double));
#pragma omp for schedule(static)
        for (int64_t s = 0; s < scenarios; s++) {
            const double *r = rate + s * cells;
            for (int64_t d = 0; d < districts; d++) {
                for (int64_t g = start[d]; g < start[d + 1]; g++) m[g] = 1;
                for (int64_t y = 0; y < years; y++) {
                    double t0 = 0, t1 = 0, t2 = 0, t3 = 0, t4 = 0;
                    double by = y == 0 ? after[0] : after[y] - after[y - 1];
                    for (int64_t g = start[d]; g < start[d + 1]; g++) {
                        double n = m[g] * (1 + by * r[g]);
                        m[g] = n;
                        t0 += v0[g] * n;
                        t1 += v1[g] * n;
                        t2 += v2[g] * n;
                        t3 += v3[g] * n;
                        t4 += v4[g] * n;
                    }
                    double *to = out + ((s * years + y) * districts + d) * 5;
                    to[0] = t0, to[1] = t1, to[2] = t2, to[3] = t3, to[4] = t4;
                }
            }
        }
        free(m);
    }
}

/* Multiply-adds that depend on nothing but themselves: 16 vectors of 8 a round; returns how many were done. */
double multiply_adds(int64_t rounds, int threads, double *sink)
{
    double total = 0;
#pragma omp parallel num_threads(threads) reduction(+ : total)
    {
        typedef double lanes __attribute__((vector_size(64)));
        lanes x[16], by, plus;
        for (int i = 0; i < 8; i++) by[i] = 1 - 1e-9 * (i + 1), plus[i] = 1e-9;
        for (int j = 0; j < 16; j++) x[j] = by * (j + 1);
        for (int64_t r = 0; r < rounds; r++)
#pragma GCC unroll 16
            for (int j = 0; j < 16; j++) x[j] = x[j] * by + plus;
        for (int j = 0; j < 16; j++)
            for (int i = 0; i < 8; i++) total += x[j][i];
    }
    *sink = total;
    return (double)rounds * 128 * threads;
}

/* a = b + 3 c; returns the bytes that pass. */
double triad(double *restrict a, const double *restrict b, const double *restrict c, int64_t n, int threads)
{
#pragma omp parallel for schedule(static) num_threads(threads)
    for (int64_t i = 0; i < n; i++) a[i] = b[i] + 3 * c[i];
    return 24.0 * n;
}
