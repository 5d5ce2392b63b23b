// What belongs to no instruction set: which of them this CPU has, memory that loading left, where threads may run, and how they compute.
#define _GNU_SOURCE
#include "CFOMMKernels.h"
#include <malloc.h>
#include <sched.h>
#include <string.h>
#if defined(__x86_64__)
#include <cpuid.h>
#elif defined(__aarch64__)
#include <asm/hwcap.h>
#include <sys/auxv.h>
#endif

extern const puppet_kernels puppet_kernels_portable;
#if defined(__x86_64__)
extern const puppet_kernels puppet_kernels_avx2;
extern const puppet_kernels puppet_kernels_avxvnni;
extern const puppet_kernels puppet_kernels_avx512;
extern const puppet_kernels puppet_kernels_avx512vnni;

// __builtin_cpu_supports also asks whether the operating system saves the wide registers.
static bool has_avx2(void) {
    return __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma") && __builtin_cpu_supports("f16c");
}

static bool has_avx512(void) {
    return has_avx2() && __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw")
        && __builtin_cpu_supports("avx512dq") && __builtin_cpu_supports("avx512vl");
}

static bool has_avxvnni(void) { return has_avx2() && __builtin_cpu_supports("avxvnni"); }

static bool has_avx512vnni(void) { return has_avx512() && __builtin_cpu_supports("avx512vnni"); }
#elif defined(__aarch64__)
extern const puppet_kernels puppet_kernels_neon;
extern const puppet_kernels puppet_kernels_neondot;
extern const puppet_kernels puppet_kernels_neoni8mm;

static bool has_dot_products(void) { return getauxval(AT_HWCAP) & HWCAP_ASIMDDP; }

static bool has_matrix_products(void) { return has_dot_products() && (getauxval(AT_HWCAP2) & HWCAP2_I8MM); }
#endif

void puppet_release_freed_memory(void) { malloc_trim(0); }

uint64_t puppet_flush_subnormals(void) {
#if defined(__x86_64__)
    const uint64_t before = __builtin_ia32_stmxcsr();
    // Results, and operands.
    __builtin_ia32_ldmxcsr((uint32_t)before | 0x8000 | 0x0040);
#elif defined(__aarch64__)
    uint64_t before;
    __asm__ volatile("mrs %0, fpcr" : "=r"(before));
    __asm__ volatile("msr fpcr, %0" : : "r"(before | 1 << 24));
#else
    const uint64_t before = 0;
#endif
    return before;
}

void puppet_restore_subnormals(uint64_t before) {
#if defined(__x86_64__)
    __builtin_ia32_ldmxcsr((uint32_t)before);
#elif defined(__aarch64__)
    __asm__ volatile("msr fpcr, %0" : : "r"(before));
#else
    (void)before;
#endif
}

bool puppet_may_run_on(int32_t processor) {
    cpu_set_t set;
    return sched_getaffinity(0, sizeof set, &set) == 0 && CPU_ISSET((size_t)processor, &set);
}

void puppet_processor_name(char name[49]) {
    memset(name, 0, 49);
#if defined(__x86_64__)
    // Three leaves of 16 characters, where the CPU has that many.
    unsigned parts[4];
    for (unsigned leaf = 0; leaf < 3; leaf++)
        if (__get_cpuid(0x80000002 + leaf, parts, parts + 1, parts + 2, parts + 3)) memcpy(name + 16 * leaf, parts, 16);
#endif
}

const puppet_kernels *puppet_kernels_named(const char *name) {
    if (strcmp(name, "portable") == 0) return &puppet_kernels_portable;
#if defined(__x86_64__)
    if (strcmp(name, "avx2") == 0) return has_avx2() ? &puppet_kernels_avx2 : NULL;
    if (strcmp(name, "avxvnni") == 0) return has_avxvnni() ? &puppet_kernels_avxvnni : NULL;
    if (strcmp(name, "avx512vnni") == 0) return has_avx512vnni() ? &puppet_kernels_avx512vnni : NULL;
    if (strcmp(name, "avx512") == 0) return has_avx512() ? &puppet_kernels_avx512 : NULL;
#elif defined(__aarch64__)
    if (strcmp(name, "neon") == 0) return &puppet_kernels_neon;
    if (strcmp(name, "neondot") == 0) return has_dot_products() ? &puppet_kernels_neondot : NULL;
    if (strcmp(name, "neoni8mm") == 0) return has_matrix_products() ? &puppet_kernels_neoni8mm : NULL;
#endif
    return NULL;
}
