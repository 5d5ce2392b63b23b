/// OpenBLAS, for the portable convolution only: on CPUs newer than the library it picks its slowest kernel, so the
/// variants that have instructions of their own never come here.
#include <cblas.h>
