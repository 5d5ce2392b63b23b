#ifndef PUPPET_PIPEWIRE_MICROPHONE_H
#define PUPPET_PIPEWIRE_MICROPHONE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "pipewire_opening.h"

/// A microphone that PipeWire offers to other programs: what another one hears, a while later (``puppet_delay_line``). The other
/// one is open only while a program listens.
typedef struct puppet_pipewire_microphone puppet_pipewire_microphone;

typedef struct {
    /// What programs remember it by, and what people are shown. Copied.
    const char *_Nonnull name;
    const char *_Nonnull description;
    /// The node that it listens to, by name or serial number; NULL for the system's choice. Copied.
    const char *_Nullable source;
    /// Microseconds that it can delay by.
    uint32_t most;
} puppet_pipewire_microphone_settings;

/// Offers a microphone, once there is one to listen to. Any thread.
///
/// `opened` is NULL unless the result is PUPPET_PIPEWIRE_OPENED; then it is to be closed.
enum puppet_pipewire_opening puppet_pipewire_microphone_open(
    const puppet_pipewire_microphone_settings *_Nonnull settings,
    puppet_pipewire_microphone *_Nullable *_Nonnull opened, char *_Nonnull reason, size_t reason_size);

/// As puppet_delay_line_set and puppet_delay_line_delay, in microseconds. Any thread.
void puppet_pipewire_microphone_set(puppet_pipewire_microphone *_Nonnull microphone, uint32_t microseconds);
uint32_t puppet_pipewire_microphone_delay(const puppet_pipewire_microphone *_Nonnull microphone);

/// Whether a program listens. Any thread.
bool puppet_pipewire_microphone_is_heard(const puppet_pipewire_microphone *_Nonnull microphone);

/// Whether there is a microphone to listen to, or was. Any thread.
bool puppet_pipewire_microphone_hears(const puppet_pipewire_microphone *_Nonnull microphone);

/// Whether the daemon has ended, or it has given the microphone up. Any thread.
bool puppet_pipewire_microphone_is_gone(const puppet_pipewire_microphone *_Nonnull microphone);

void puppet_pipewire_microphone_close(puppet_pipewire_microphone *_Nonnull microphone);

#endif
