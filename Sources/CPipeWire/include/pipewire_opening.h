#ifndef PUPPET_PIPEWIRE_OPENING_H
#define PUPPET_PIPEWIRE_OPENING_H

#include <stdbool.h>

// libpipewire is opened when it is first needed, so that the program also starts where there is none; its header files are
// needed to build this, and where they are missing it says so instead of working. Its functions are variadic or macros,
// which Swift does not see.

/// How it went to offer something to other programs through PipeWire.
enum puppet_pipewire_opening {
    PUPPET_PIPEWIRE_OPENED,
    /// The program was built without it.
    PUPPET_PIPEWIRE_LEFT_OUT,
    /// The library is not installed.
    PUPPET_PIPEWIRE_NOT_INSTALLED,
    /// No daemon answers: it may do so later.
    PUPPET_PIPEWIRE_NO_DAEMON,
    /// Anything else; `reason` says what.
    PUPPET_PIPEWIRE_FAILED,
};

/// Whether the library is there; whether a daemon runs is another question. Any thread.
bool puppet_pipewire_is_installed(void);

#endif
