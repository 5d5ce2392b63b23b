#ifndef PUPPET_PIPEWIRE_CAMERA_H
#define PUPPET_PIPEWIRE_CAMERA_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "pipewire_opening.h"

/// A camera that PipeWire offers to other programs: a node of class Video/Source with pictures in YUY2 (BT.601, limited
/// range), of one size and rate.
typedef struct puppet_pipewire_camera puppet_pipewire_camera;

enum puppet_pipewire_sending {
    PUPPET_PIPEWIRE_SENT,
    /// No program looks: nothing was copied.
    PUPPET_PIPEWIRE_NOBODY,
    /// Those who look have not given a buffer back yet: nothing was copied.
    PUPPET_PIPEWIRE_FULL,
    /// The daemon has ended. What is left is to close the camera.
    PUPPET_PIPEWIRE_GONE,
};

typedef struct {
    /// What programs remember the camera by, and what people are shown. Copied.
    const char *_Nonnull name;
    const char *_Nonnull description;
    /// Pixels; the width even.
    int width, height;
    /// Frames a second, as a fraction.
    int rate_numerator, rate_denominator;
    /// Called on a thread of PipeWire's when somebody begins or ceases to look, or the daemon ends: must not block, and must
    /// not call what is declared here.
    void (*_Nullable changed)(void *_Nullable context);
    void *_Nullable context;
} puppet_pipewire_settings;

/// Offers a camera. Any thread.
///
/// `opened` is NULL unless the result is PUPPET_PIPEWIRE_OPENED; then it is to be closed.
enum puppet_pipewire_opening puppet_pipewire_open(
    const puppet_pipewire_settings *_Nonnull settings, puppet_pipewire_camera *_Nullable *_Nonnull opened,
    char *_Nonnull reason, size_t reason_size);

/// Whether a program looks. Any thread, also from `changed`.
bool puppet_pipewire_is_watched(const puppet_pipewire_camera *_Nonnull camera);

/// Whether the daemon has ended. Any thread, also from `changed`.
bool puppet_pipewire_is_gone(const puppet_pipewire_camera *_Nonnull camera);

/// Hands a picture to all who look, a millisecond before they have it. One thread at a time.
///
/// `picture`: 2 * width * height bytes. `nanoseconds`: of the monotonic clock, when it was taken.
enum puppet_pipewire_sending puppet_pipewire_send(
    puppet_pipewire_camera *_Nonnull camera, const void *_Nonnull picture, int64_t nanoseconds, uint64_t sequence);

/// Takes the camera away. Not from `changed`.
void puppet_pipewire_close(puppet_pipewire_camera *_Nonnull camera);

#endif
