// What every CPU of the platform has: SSE2 on x86-64, NEON on AArch64. Convolutions go through OpenBLAS.
#define PUPPET_NAME "portable"
#define PUPPET_TABLE puppet_kernels_portable
#include "../template/table.h"
