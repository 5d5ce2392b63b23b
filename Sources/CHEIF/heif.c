#include "heif.h"

#include <dlfcn.h>
#include <pthread.h>
#include <stdio.h>
#include <string.h>

/// libheif/heif.h, what is used of it.
typedef struct {
    int code, subcode;
    const char *message;
} heif_error;

enum { COLOURSPACE_RGB = 1, CHROMA_INTERLEAVED_RGBA = 11, CHANNEL_INTERLEAVED = 10 };

static struct {
    void *(*context_alloc)(void);
    void (*context_free)(void *context);
    heif_error (*read_from_memory)(void *context, const void *bytes, size_t count, const void *options);
    heif_error (*primary_handle)(void *context, void **handle);
    int (*handle_width)(const void *handle);
    int (*handle_height)(const void *handle);
    void (*handle_release)(const void *handle);
    heif_error (*decode)(const void *handle, void **image, int colourspace, int chroma, const void *options);
    int (*image_width)(const void *image, int channel);
    int (*image_height)(const void *image, int channel);
    const unsigned char *(*plane)(const void *image, int channel, int *stride);
    void (*image_release)(const void *image);
} heif;

static int is_there;

static void open_library(void) {
    void *library = dlopen("libheif.so.1", RTLD_NOW | RTLD_LOCAL);
    if (!library) return;
    const struct {
        void **function;
        const char *name;
    } needed[] = {
        {(void **)&heif.context_alloc, "heif_context_alloc"},
        {(void **)&heif.context_free, "heif_context_free"},
        {(void **)&heif.read_from_memory, "heif_context_read_from_memory_without_copy"},
        {(void **)&heif.primary_handle, "heif_context_get_primary_image_handle"},
        {(void **)&heif.handle_width, "heif_image_handle_get_width"},
        {(void **)&heif.handle_height, "heif_image_handle_get_height"},
        {(void **)&heif.handle_release, "heif_image_handle_release"},
        {(void **)&heif.decode, "heif_decode_image"},
        {(void **)&heif.image_width, "heif_image_get_width"},
        {(void **)&heif.image_height, "heif_image_get_height"},
        {(void **)&heif.plane, "heif_image_get_plane_readonly"},
        {(void **)&heif.image_release, "heif_image_release"},
    };
    for (size_t index = 0; index < sizeof needed / sizeof *needed; index++) {
        *needed[index].function = dlsym(library, needed[index].name);
        if (!*needed[index].function) return;
    }
    is_there = 1;
}

static enum puppet_heif_result failed(puppet_heif_picture *picture, const char *reason) {
    snprintf(picture->reason, sizeof picture->reason, "%s", reason ? reason : "it does not say why");
    return PUPPET_HEIF_FAILED;
}

static enum puppet_heif_result decode_handle(void *handle, long most_pixels, puppet_heif_picture *picture) {
    picture->width = heif.handle_width(handle);
    picture->height = heif.handle_height(handle);
    if (picture->width < 1 || picture->height < 1) return failed(picture, "the picture has no size");
    if ((long)picture->width * picture->height > most_pixels) return PUPPET_HEIF_TOO_LARGE;
    heif_error error = heif.decode(handle, &picture->picture, COLOURSPACE_RGB, CHROMA_INTERLEAVED_RGBA, NULL);
    if (error.code) return failed(picture, error.message);
    picture->width = heif.image_width(picture->picture, CHANNEL_INTERLEAVED);
    picture->height = heif.image_height(picture->picture, CHANNEL_INTERLEAVED);
    picture->pixels = heif.plane(picture->picture, CHANNEL_INTERLEAVED, &picture->stride);
    if (!picture->pixels || picture->width < 1 || picture->height < 1) return failed(picture, "there are no pixels");
    return PUPPET_HEIF_DONE;
}

enum puppet_heif_result puppet_heif_decode(
    const void *bytes, size_t count, long most_pixels, puppet_heif_picture *picture) {
    static pthread_once_t once = PTHREAD_ONCE_INIT;
    memset(picture, 0, sizeof *picture);
    pthread_once(&once, open_library);
    if (!is_there) return PUPPET_HEIF_MISSING;
    void *context = heif.context_alloc(), *handle = NULL;
    if (!context) return failed(picture, "out of memory");
    heif_error error = heif.read_from_memory(context, bytes, count, NULL);
    if (!error.code) error = heif.primary_handle(context, &handle);
    enum puppet_heif_result result =
        error.code ? failed(picture, error.message) : decode_handle(handle, most_pixels, picture);
    if (handle) heif.handle_release(handle);
    heif.context_free(context);
    return result;
}

void puppet_heif_release(puppet_heif_picture *picture) {
    if (picture->picture) heif.image_release(picture->picture);
    memset(picture, 0, sizeof *picture);
}
