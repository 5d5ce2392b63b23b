// AVX2 + FMA + F16C + AVX-VNNI: avx2/ with an instruction for 8-bit integers.
#if defined(__x86_64__)
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <math.h>
#include <immintrin.h>
#pragma clang attribute push(__attribute__((target("avxvnni,avx2,fma,f16c"))), apply_to = function)
#define PUPPET_NAME "avxvnni"
#define PUPPET_TABLE puppet_kernels_avxvnni
#define PUPPET_VECTOR_BYTES 32
#define PUPPET_VNNI
#define TILE_BLOCKS 1
#define TILE_PIXELS 6
#include "../template/table.h"
#pragma clang attribute pop
#endif
