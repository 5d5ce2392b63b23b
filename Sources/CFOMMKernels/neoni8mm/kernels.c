// NEON with the matrix products of ARMv8.6 (I8MM), which all CPUs that have them have besides dot products.
#if defined(__aarch64__)
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <math.h>
#include <arm_neon.h>
#pragma clang attribute push(__attribute__((target("dotprod,i8mm"))), apply_to = function)
#define PUPPET_NAME "neoni8mm"
#define PUPPET_TABLE puppet_kernels_neoni8mm
#define PUPPET_VECTOR_BYTES 16
#define PUPPET_DOT
#define PUPPET_I8MM
#define TILE_BLOCKS 1
#define TILE_PIXELS 6
#include "../template/table.h"
#pragma clang attribute pop
#endif
