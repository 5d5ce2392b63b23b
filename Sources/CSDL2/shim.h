/// SDL2 and SDL2_ttf. Not found through pkg-config: its -D_REENTRANT is a flag the package manager refuses with a
/// warning, and the headers need no flag when they are named with their folder.
#include <SDL2/SDL.h>
#include <SDL2/SDL_ttf.h>

/// SDL_WINDOWPOS_UNDEFINED expands a macro with an argument, which Swift does not import.
static const int PUPPET_SDL_WINDOWPOS_UNDEFINED = SDL_WINDOWPOS_UNDEFINED;
