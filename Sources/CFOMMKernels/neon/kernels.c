// NEON, which every AArch64 has: 32 registers of 4 floats. A block of 16 channels is four of them, so 1 block x 6 pixels of
// sums take 24, the weights 4 and the broadcast 1.
#if defined(__aarch64__)
#include <arm_neon.h>
#define PUPPET_NAME "neon"
#define PUPPET_TABLE puppet_kernels_neon
#define PUPPET_VECTOR_BYTES 16
#define TILE_BLOCKS 1
#define TILE_PIXELS 6
#include "../template/table.h"
#endif
