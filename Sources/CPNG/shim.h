/// libpng's simplified API (`png_image_*`) only: the classic one reports errors with longjmp(), which must not
/// unwind Swift frames.
#include <png.h>
