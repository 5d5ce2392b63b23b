/// Files that travel inside the program, so that one binary works without anything installed beside it.
///
/// They are laid into read-only data by the assembler (assets.c): no copy is made at start, pages that nobody reads are
/// never loaded, and processes share them.
#pragma once

#include <stddef.h>
#include <stdint.h>

/// A file's bytes. They start on a 64-byte boundary, live as long as the process and must not be written.
typedef struct {
    const uint8_t *_Nonnull bytes;
    size_t count;
} puppet_asset;

/// Models/face.safetensors: the default model.
puppet_asset puppet_asset_model(void);

/// Assets/portrait.png: the default avatar and the face of the test camera, 512x512, RGB.
puppet_asset puppet_asset_portrait(void);

/// Assets/DejaVuSansMono.ttf: the font of the window's texts and of the standby cards.
puppet_asset puppet_asset_font(void);

/// The commit that the program was built from, "-dirty" behind it where the tree had changes; "unknown" where nobody said.
const char *_Nonnull puppet_commit(void);
