/// SDL2 and SDL2_ttf. Not found through pkg-config: its -D_REENTRANT is a flag the package manager refuses with a
/// warning, and the headers need no flag when they are named with their folder.
#include <SDL2/SDL.h>
/// Its types would bring all of Xlib along, with a Window of its own.
#define SDL_PROTOTYPES_ONLY 1
#include <SDL2/SDL_syswm.h>
#undef SDL_PROTOTYPES_ONLY
#include <SDL2/SDL_ttf.h>

/// SDL_WINDOWPOS_UNDEFINED expands a macro with an argument, which Swift does not import.
static const int PUPPET_SDL_WINDOWPOS_UNDEFINED = SDL_WINDOWPOS_UNDEFINED;

/// What SDL_GetWindowWMInfo fills in, as SDL_syswm.h lays it out on X11; of what comes after the display only the size matters.
typedef struct {
    SDL_version version;
    int subsystem;
    union {
        void *x11_display;
        Uint8 all[64];
    } info;
} puppet_wm_info;
