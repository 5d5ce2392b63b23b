#include "CAssets.h"

// .incbin looks its files up in the header search path, which Package.swift points at Models/ and Assets/.
//
// A file's size is the difference of two labels, which the assembler knows; the symbols are hidden, so they are
// reached relative to the program counter on every architecture and need no entry in a table.
#define PUPPET_EMBED(NAME, FILE)                                                              \
    __asm__(".pushsection .rodata.puppet_" #NAME ",\"a\"\n"                                   \
            ".balign 64\n"                                                                    \
            ".globl puppet_" #NAME "_start, puppet_" #NAME "_end\n"                           \
            ".hidden puppet_" #NAME "_start, puppet_" #NAME "_end\n"                          \
            "puppet_" #NAME "_start: .incbin \"" FILE "\"\n"                                  \
            "puppet_" #NAME "_end: .byte 0\n"                                                 \
            ".popsection\n");                                                                 \
    extern const uint8_t puppet_##NAME##_start[] __attribute__((visibility("hidden")));       \
    extern const uint8_t puppet_##NAME##_end[] __attribute__((visibility("hidden")));         \
    puppet_asset puppet_asset_##NAME(void) {                                                  \
        const size_t count = (size_t)(puppet_##NAME##_end - puppet_##NAME##_start);           \
        return (puppet_asset){puppet_##NAME##_start, count};                                  \
    }

PUPPET_EMBED(model, "face.safetensors")
PUPPET_EMBED(portrait, "portrait.png")
PUPPET_EMBED(font, "DejaVuSansMono.ttf")

// Package.swift says which.
#define PUPPET_TEXT(WORD) #WORD
#define PUPPET_TEXT_OF(MACRO) PUPPET_TEXT(MACRO)
const char *puppet_commit(void) { return PUPPET_TEXT_OF(PUPPET_COMMIT); }
