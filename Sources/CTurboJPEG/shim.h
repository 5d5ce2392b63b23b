/// The TurboJPEG API: error codes instead of longjmp(), so it is safe to call from Swift as it is.
#include <turbojpeg.h>
