/// The TurboJPEG API: error codes instead of longjmp(), so it is safe to call from Swift as it is.
#include <turbojpeg.h>

/// The API does not tell its version; the header of libjpeg's older one does, where it is installed.
#if __has_include(<jconfig.h>)
#include <jconfig.h>
#endif
#ifndef LIBJPEG_TURBO_VERSION
#define LIBJPEG_TURBO_VERSION of unknown version
#endif
#define PUPPET_WORDS(WORDS) #WORDS
#define PUPPET_WORDS_OF(MACRO) PUPPET_WORDS(MACRO)
static inline const char *_Nonnull puppet_turbojpeg_version(void) { return PUPPET_WORDS_OF(LIBJPEG_TURBO_VERSION); }
