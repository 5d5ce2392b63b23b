#ifndef PUPPET_HEIF_H
#define PUPPET_HEIF_H

#include <stddef.h>

/// libheif, opened when it is first needed: HEIC and AVIF pictures, without a library that everybody would have to have.
/// What is declared in heif.c of its interface has been the same since its version 1.0.

enum puppet_heif_result {
    PUPPET_HEIF_DONE,
    /// The library is not installed.
    PUPPET_HEIF_MISSING,
    /// `reason` says why.
    PUPPET_HEIF_FAILED,
    /// Nothing was decoded; width and height are set.
    PUPPET_HEIF_TOO_LARGE,
};

typedef struct {
    int width, height;
    /// RGBA, `stride` bytes a row; belongs to `picture`.
    const unsigned char *_Nullable pixels;
    int stride;
    char reason[256];
    void *_Nullable picture;
} puppet_heif_picture;

/// Decodes the primary picture of a file, turned and mirrored as the file says. Any thread.
///
/// The bytes are read during the call alone. `most_pixels`: more are refused before anything is decoded. What comes back
/// is to be given to puppet_heif_release, whatever the result.
enum puppet_heif_result puppet_heif_decode(
    const void *_Nonnull bytes, size_t count, long most_pixels, puppet_heif_picture *_Nonnull picture);

void puppet_heif_release(puppet_heif_picture *_Nonnull picture);

#endif
