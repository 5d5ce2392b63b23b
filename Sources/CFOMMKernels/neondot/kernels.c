// NEON with the dot products of ARMv8.2: neon/ with an instruction for 8-bit integers.
#if defined(__aarch64__)
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <math.h>
#include <arm_neon.h>
#pragma clang attribute push(__attribute__((target("dotprod"))), apply_to = function)
#define PUPPET_NAME "neondot"
#define PUPPET_TABLE puppet_kernels_neondot
#define PUPPET_VECTOR_BYTES 16
#define PUPPET_DOT
#define TILE_BLOCKS 1
#define TILE_PIXELS 6
#include "../template/table.h"
#pragma clang attribute pop
#endif
