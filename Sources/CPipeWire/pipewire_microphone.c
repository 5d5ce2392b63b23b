#include "pipewire_microphone.h"

#include <stdio.h>

#include "delay_line.h"
#include "pipewire_connection.h"

#if __has_include(<pipewire/pipewire.h>)

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#pragma clang diagnostic push
#pragma clang diagnostic ignored "-Weverything"
#include <spa/param/audio/format-utils.h>
#pragma clang diagnostic pop

struct puppet_pipewire_microphone {
    puppet_pipewire_connection connection;
    /// What hears, and what is heard.
    struct pw_stream *streams[2];
    struct spa_hook listeners[2];
    puppet_delay_line *line;
    atomic_bool is_heard;
};

enum { hearing, heard };

static const uint32_t frame_bytes = PUPPET_DELAY_LINE_CHANNELS * sizeof(float);

static void state_changed(void *data, enum pw_stream_state old, enum pw_stream_state state, const char *error) {
    (void)old, (void)error;
    puppet_pipewire_microphone *microphone = data;
    atomic_store(&microphone->is_heard, state == PW_STREAM_STATE_STREAMING);
    if (state == PW_STREAM_STATE_ERROR) puppet_pipewire_lose(&microphone->connection);
}

/// Something was heard: on PipeWire's thread for sound, which must not wait.
static void hear(void *data) {
    puppet_pipewire_microphone *microphone = data;
    struct pw_stream *input = microphone->streams[hearing];
    if (atomic_load(&microphone->is_heard) && pipewire.stream_trigger_process(microphone->streams[heard]) >= 0) return;
    struct pw_buffer *unheard = pipewire.stream_dequeue_buffer(input);
    if (unheard) pipewire.stream_queue_buffer(input, unheard);
}

/// In the same turn of PipeWire's.
static void pass_on(void *data) {
    puppet_pipewire_microphone *microphone = data;
    struct pw_buffer *in = pipewire.stream_dequeue_buffer(microphone->streams[hearing]);
    struct pw_buffer *out = pipewire.stream_dequeue_buffer(microphone->streams[heard]);
    if (in && out) {
        const struct spa_data *from = &in->buffer->datas[0];
        struct spa_data *to = &out->buffer->datas[0];
        uint32_t offset = from->data ? SPA_MIN(from->chunk->offset, from->maxsize) : 0;
        uint32_t bytes = from->data && to->data ? SPA_MIN(from->chunk->size, from->maxsize - offset) : 0;
        uint32_t frames = SPA_MIN(bytes, to->data ? to->maxsize : 0) / frame_bytes;
        if (frames) puppet_delay_line_run(microphone->line, SPA_PTROFF(from->data, offset, float), to->data, frames);
        to->chunk->offset = 0;
        to->chunk->stride = (int32_t)frame_bytes;
        to->chunk->size = frames * frame_bytes;
    }
    if (in) pipewire.stream_queue_buffer(microphone->streams[hearing], in);
    if (out) pipewire.stream_queue_buffer(microphone->streams[heard], out);
}

static const struct pw_stream_events events[] = {
    [hearing] = {PW_VERSION_STREAM_EVENTS, .process = hear},
    [heard] = {PW_VERSION_STREAM_EVENTS, .state_changed = state_changed, .process = pass_on},
};

/// With the loop's lock held. The result is an error of errno.h, or 0.
static int add_stream(
    puppet_pipewire_microphone *microphone, int which, const struct spa_dict_item *items, uint32_t item_count,
    enum pw_stream_flags flags) {
    const struct spa_dict properties = SPA_DICT_INIT(items, item_count);
    struct pw_stream *stream = pipewire.stream_new(
        microphone->connection.core, "puppet microphone", pipewire.properties_new_dict(&properties));
    if (!stream) return errno ? errno : ENOMEM;
    microphone->streams[which] = stream;
    pipewire.stream_add_listener(stream, &microphone->listeners[which], &events[which], microphone);
    uint8_t bytes[512];
    struct spa_pod_builder builder = SPA_POD_BUILDER_INIT(bytes, sizeof bytes);
    const struct spa_pod *formats[] = {spa_format_audio_raw_build(
        &builder, SPA_PARAM_EnumFormat,
        &SPA_AUDIO_INFO_RAW_INIT(
                .format = SPA_AUDIO_FORMAT_F32, .rate = PUPPET_PIPEWIRE_MICROPHONE_RATE,
                .channels = PUPPET_DELAY_LINE_CHANNELS, .position = {SPA_AUDIO_CHANNEL_FL, SPA_AUDIO_CHANNEL_FR}))};
    int result = pipewire.stream_connect(
        stream, which == hearing ? PW_DIRECTION_INPUT : PW_DIRECTION_OUTPUT, PW_ID_ANY,
        flags | PW_STREAM_FLAG_MAP_BUFFERS | PW_STREAM_FLAG_RT_PROCESS, formats, 1);
    return result < 0 ? -result : 0;
}

/// With the loop's lock held. The result is an error of errno.h, or 0.
static int offer(puppet_pipewire_microphone *microphone, const puppet_pipewire_microphone_settings *settings) {
    char group[64], input_name[256];
    snprintf(group, sizeof group, "puppet-microphone-%d", getpid());
    snprintf(input_name, sizeof input_name, "%s.input", settings->name);
    const struct spa_dict_item input[] = {
        SPA_DICT_ITEM_INIT(PW_KEY_MEDIA_TYPE, "Audio"),
        SPA_DICT_ITEM_INIT(PW_KEY_MEDIA_CATEGORY, "Capture"),
        SPA_DICT_ITEM_INIT(PW_KEY_MEDIA_ROLE, "Communication"),
        SPA_DICT_ITEM_INIT(PW_KEY_NODE_NAME, input_name),
        // One turn for both, never linked with one another, and no reason for the other microphone to be open.
        SPA_DICT_ITEM_INIT(PW_KEY_NODE_GROUP, group),
        SPA_DICT_ITEM_INIT(PW_KEY_NODE_LINK_GROUP, group),
        SPA_DICT_ITEM_INIT(PW_KEY_NODE_PASSIVE, "true"),
        SPA_DICT_ITEM_INIT(PW_KEY_TARGET_OBJECT, settings->source),
    };
    const struct spa_dict_item output[] = {
        SPA_DICT_ITEM_INIT(PW_KEY_MEDIA_CLASS, "Audio/Source"),
        SPA_DICT_ITEM_INIT(PW_KEY_NODE_NAME, settings->name),
        SPA_DICT_ITEM_INIT(PW_KEY_NODE_DESCRIPTION, settings->description),
        SPA_DICT_ITEM_INIT(PW_KEY_NODE_GROUP, group),
        SPA_DICT_ITEM_INIT(PW_KEY_NODE_LINK_GROUP, group),
        SPA_DICT_ITEM_INIT(PW_KEY_NODE_VIRTUAL, "true"),
    };
    int error = add_stream(
        microphone, hearing, input, SPA_N_ELEMENTS(input) - (settings->source ? 0 : 1), PW_STREAM_FLAG_AUTOCONNECT);
    return error ? error : add_stream(microphone, heard, output, SPA_N_ELEMENTS(output), PW_STREAM_FLAG_TRIGGER);
}

enum puppet_pipewire_opening puppet_pipewire_microphone_open(
    const puppet_pipewire_microphone_settings *settings, puppet_pipewire_microphone **opened, char *reason,
    size_t reason_size) {
    *opened = NULL;
    snprintf(reason, reason_size, "%s", "");
    if (!puppet_has_pipewire()) return PUPPET_PIPEWIRE_NOT_INSTALLED;
    puppet_pipewire_microphone *microphone = calloc(1, sizeof *microphone);
    if (!microphone) return PUPPET_PIPEWIRE_FAILED;
    microphone->line = puppet_delay_line_make(settings->most);
    int error = microphone->line ? puppet_pipewire_connect(&microphone->connection, "puppet sound") : ENOMEM;
    if (!error) {
        error = offer(microphone, settings);
        pipewire.loop_unlock(microphone->connection.loop);
    }
    if (!error) {
        *opened = microphone;
        return PUPPET_PIPEWIRE_OPENED;
    }
    puppet_pipewire_microphone_close(microphone);
    return puppet_pipewire_failed(error, reason, reason_size);
}

void puppet_pipewire_microphone_set(puppet_pipewire_microphone *microphone, uint32_t frames) {
    puppet_delay_line_set(microphone->line, frames);
}

uint32_t puppet_pipewire_microphone_delay(const puppet_pipewire_microphone *microphone) {
    return puppet_delay_line_delay(microphone->line);
}

bool puppet_pipewire_microphone_is_heard(const puppet_pipewire_microphone *microphone) {
    return atomic_load(&microphone->is_heard) && !puppet_pipewire_microphone_is_gone(microphone);
}

bool puppet_pipewire_microphone_is_gone(const puppet_pipewire_microphone *microphone) {
    return atomic_load(&microphone->connection.is_gone);
}

void puppet_pipewire_microphone_close(puppet_pipewire_microphone *microphone) {
    puppet_pipewire_disconnect(&microphone->connection, microphone->streams, SPA_N_ELEMENTS(microphone->streams));
    puppet_delay_line_free(microphone->line);
    free(microphone);
}

#else

enum puppet_pipewire_opening puppet_pipewire_microphone_open(
    const puppet_pipewire_microphone_settings *settings, puppet_pipewire_microphone **opened, char *reason,
    size_t reason_size) {
    (void)settings;
    *opened = NULL;
    snprintf(reason, reason_size, "%s", "");
    return PUPPET_PIPEWIRE_LEFT_OUT;
}

void puppet_pipewire_microphone_set(puppet_pipewire_microphone *microphone, uint32_t frames) {
    (void)microphone, (void)frames;
}

uint32_t puppet_pipewire_microphone_delay(const puppet_pipewire_microphone *microphone) { return (void)microphone, 0; }

bool puppet_pipewire_microphone_is_heard(const puppet_pipewire_microphone *microphone) {
    return (void)microphone, false;
}

bool puppet_pipewire_microphone_is_gone(const puppet_pipewire_microphone *microphone) { return (void)microphone, true; }

void puppet_pipewire_microphone_close(puppet_pipewire_microphone *microphone) { (void)microphone; }

#endif
