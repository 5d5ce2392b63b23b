/// The most float32 multiply-adds that this CPU does in a second: chains of them that stay in registers.
///
///     cc -O2 -pthread peak.c -o peak && ./peak THREADS      prints {"gflops": ..., "instructions": ...}
#define _GNU_SOURCE
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

enum { ACCUMULATORS = 12, ITERATIONS = 20 * 1000 * 1000, REPEATS = 7, MOST_THREADS = 256 };

/// Twelve chains hide the latency of two multiply-adds a cycle and leave the sixteen registers of AVX2 room for factors.
/// They tend to 1, so that nothing overflows or gets denormal.
#define DEFINE_CHAINS(name, lanes, attributes)                                                                        \
    typedef float name##_vector __attribute__((vector_size(4 * lanes)));                                              \
    attributes static float name(float half) {                                                                        \
        const name##_vector m = (name##_vector){0} + half, s = m;                                                     \
        name##_vector a = m, b = m, c = m, d = m, e = m, f = m, g = m, h = m, i = m, j = m, k = m, l = m;             \
        for (long n = 0; n < ITERATIONS; n++) {                                                                       \
            a = a * m + s, b = b * m + s, c = c * m + s, d = d * m + s, e = e * m + s, f = f * m + s;                 \
            g = g * m + s, h = h * m + s, i = i * m + s, j = j * m + s, k = k * m + s, l = l * m + s;                 \
            /* Without this, a compiler sees twelve times the same chain. */                                          \
            __asm__ volatile("" : CHAIN(a), CHAIN(b), CHAIN(c), CHAIN(d), CHAIN(e), CHAIN(f), CHAIN(g), CHAIN(h),     \
                             CHAIN(i), CHAIN(j), CHAIN(k), CHAIN(l));                                                 \
        }                                                                                                             \
        const name##_vector sum = a + b + c + d + e + f + g + h + i + j + k + l;                                      \
        return sum[0];                                                                                                \
    }

#if defined(__x86_64__)
#define CHAIN(x) "+v"(x)
DEFINE_CHAINS(avx512, 16, __attribute__((target("avx512f"))))
#undef CHAIN
#define CHAIN(x) "+x"(x)
DEFINE_CHAINS(avx2, 8, __attribute__((target("avx2,fma"))))
#elif defined(__aarch64__)
#define CHAIN(x) "+w"(x)
#else
#error "peak.c knows x86-64 and arm64"
#endif
DEFINE_CHAINS(baseline, 4, )

typedef struct {
    const char *instructions;
    int lanes;
    float (*run)(float);
} chains;

static chains best_chains(void) {
#if defined(__x86_64__)
    if (__builtin_cpu_supports("avx512f")) { return (chains){"avx512", 16, avx512}; }
    if (__builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma")) { return (chains){"avx2", 8, avx2}; }
#endif
    return (chains){"baseline", 4, baseline};
}

typedef struct {
    chains chains;
    pthread_barrier_t *start;
    float half;
    volatile float result;
} worker;

static void *run_worker(void *argument) {
    worker *const self = argument;
    pthread_barrier_wait(self->start);
    self->result = self->chains.run(self->half);
    return NULL;
}

static double seconds(void) {
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return now.tv_sec + now.tv_nsec * 1e-9;
}

/// Seconds until the last of `count` threads is done.
static double timed(chains chains, int count) {
    pthread_barrier_t start;
    pthread_barrier_init(&start, NULL, count + 1);
    pthread_t threads[MOST_THREADS];
    worker workers[MOST_THREADS];
    for (int index = 0; index < count; index++) {
        workers[index] = (worker){chains, &start, 0.5f, 0};
        if (pthread_create(&threads[index], NULL, run_worker, &workers[index]) != 0) {
            perror("peak: cannot start a thread");
            exit(1);
        }
    }
    pthread_barrier_wait(&start);
    const double begun = seconds();
    for (int index = 0; index < count; index++) { pthread_join(threads[index], NULL); }
    const double taken = seconds() - begun;
    pthread_barrier_destroy(&start);
    return taken;
}

int main(int argc, char **argv) {
    const int count = argc == 2 ? atoi(argv[1]) : 0;
    if (count < 1 || count > MOST_THREADS) {
        fprintf(stderr, "peak: expected a number of threads, 1 to %d\n", MOST_THREADS);
        return 64;
    }
    const chains chains = best_chains();
    double least = timed(chains, count);  // of several: other programs can only make it longer
    for (int repeat = 1; repeat < REPEATS; repeat++) {
        const double taken = timed(chains, count);
        if (taken < least) { least = taken; }
    }
    const double operations = 2.0 * ACCUMULATORS * chains.lanes * ITERATIONS * count;
    printf("{\"gflops\": %.1f, \"instructions\": \"%s\"}\n", operations / least * 1e-9, chains.instructions);
    return 0;
}
