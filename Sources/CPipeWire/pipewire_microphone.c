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
    struct pw_registry *registry;
    struct spa_hook registry_listener;
    puppet_delay_line *line;
    /// Of the sound that goes through it, in Hz; that of PipeWire's turns: a converter on the way would add to the delay.
    _Atomic uint32_t rate;
    _Atomic uint32_t microseconds;
    atomic_bool is_heard, hears;
};

enum { hearing, heard };

/// The highest rate there is room for.
static const uint32_t most_rate = 192000;
static const uint32_t frame_bytes = PUPPET_DELAY_LINE_CHANNELS * sizeof(float);

static uint32_t frames_of(uint64_t microseconds, uint32_t rate) {
    return (uint32_t)((microseconds * rate + 500000) / 1000000);
}

static void lose_what_failed(void *data, enum pw_stream_state old, enum pw_stream_state state, const char *error) {
    (void)error;
    puppet_pipewire_microphone *microphone = data;
    // A session manager removes what has lost the microphone that it was for.
    const bool is_removed = state == PW_STREAM_STATE_UNCONNECTED && old > PW_STREAM_STATE_CONNECTING;
    if (state == PW_STREAM_STATE_ERROR || is_removed) puppet_pipewire_lose(&microphone->connection);
}

static void state_changed(void *data, enum pw_stream_state old, enum pw_stream_state state, const char *error) {
    puppet_pipewire_microphone *microphone = data;
    // Whoever begins to listen is not to hear what was said before.
    if (state == PW_STREAM_STATE_STREAMING) puppet_delay_line_forget(microphone->line);
    atomic_store(&microphone->is_heard, state == PW_STREAM_STATE_STREAMING);
    lose_what_failed(data, old, state, error);
}

static void format_chosen(void *data, uint32_t id, const struct spa_pod *format) {
    puppet_pipewire_microphone *microphone = data;
    struct spa_audio_info_raw info = {0};
    if (id != SPA_PARAM_Format || !format || spa_format_audio_raw_parse(format, &info) < 0 || !info.rate) return;
    atomic_store(&microphone->rate, info.rate);
    puppet_delay_line_forget(microphone->line);
}

/// Something was heard: on PipeWire's thread for sound, which must not wait.
static void hear(void *data) {
    puppet_pipewire_microphone *microphone = data;
    struct pw_stream *input = microphone->streams[hearing];
    if (atomic_load(&microphone->is_heard) && pipewire.stream_trigger_process(microphone->streams[heard]) >= 0) return;
    struct pw_buffer *unheard = pipewire.stream_dequeue_buffer(input);
    if (unheard) pipewire.stream_queue_buffer(input, unheard);
}

/// What a buffer holds; `frames` receives how much.
static const float *contents(const struct pw_buffer *buffer, uint32_t *frames) {
    const struct spa_data *data = &buffer->buffer->datas[0];
    uint32_t offset = SPA_MIN(data->chunk->offset, data->maxsize);
    *frames = data->data ? SPA_MIN(data->chunk->size, data->maxsize - offset) / frame_bytes : 0;
    return SPA_PTROFF(data->data, offset, const float);
}

/// In the same turn of PipeWire's.
static void pass_on(void *data) {
    puppet_pipewire_microphone *microphone = data;
    puppet_delay_line_set(
        microphone->line, frames_of(atomic_load(&microphone->microseconds), atomic_load(&microphone->rate)));
    struct pw_stream *input = microphone->streams[hearing];
    struct pw_buffer *in = pipewire.stream_dequeue_buffer(input), *newer;
    uint32_t frames = 0;
    // One that a turn has left behind would make all later ones late.
    while (in && (newer = pipewire.stream_dequeue_buffer(input))) {
        const float *sound = contents(in, &frames);
        puppet_delay_line_run(microphone->line, sound, NULL, frames);
        pipewire.stream_queue_buffer(input, in);
        in = newer;
    }
    struct pw_buffer *out = pipewire.stream_dequeue_buffer(microphone->streams[heard]);
    if (out) {
        struct spa_data *to = &out->buffer->datas[0];
        uint32_t room = to->data ? to->maxsize / frame_bytes : 0;
        const float *sound = in ? contents(in, &frames) : NULL;
        if (sound) {
            frames = SPA_MIN(frames, room);
            puppet_delay_line_run(microphone->line, sound, to->data, frames);
        } else {
            frames = SPA_MIN((uint32_t)out->requested, room);
            memset(to->data, 0, (size_t)frames * frame_bytes);
        }
        *to->chunk = (struct spa_chunk){.size = frames * frame_bytes, .stride = (int32_t)frame_bytes};
        pipewire.stream_queue_buffer(microphone->streams[heard], out);
    }
    if (in) pipewire.stream_queue_buffer(input, in);
}

static int connect_stream(puppet_pipewire_microphone *microphone, int which, enum pw_stream_flags flags) {
    uint8_t bytes[512];
    struct spa_pod_builder builder = SPA_POD_BUILDER_INIT(bytes, sizeof bytes);
    const struct spa_pod *formats[] = {spa_format_audio_raw_build(
        &builder, SPA_PARAM_EnumFormat,
        &SPA_AUDIO_INFO_RAW_INIT(
                .format = SPA_AUDIO_FORMAT_F32, .channels = PUPPET_DELAY_LINE_CHANNELS,
                .position = {SPA_AUDIO_CHANNEL_FL, SPA_AUDIO_CHANNEL_FR}))};
    int result = pipewire.stream_connect(
        microphone->streams[which], which == hearing ? PW_DIRECTION_INPUT : PW_DIRECTION_OUTPUT, PW_ID_ANY,
        flags | PW_STREAM_FLAG_MAP_BUFFERS | PW_STREAM_FLAG_RT_PROCESS, formats, 1);
    return result < 0 ? -result : 0;
}

/// Where it is a link to what hears, there is something to listen to, for the first time: without it nobody would hear even
/// silence.
static void noticed(
    void *data, uint32_t id, uint32_t permissions, const char *type, uint32_t version, const struct spa_dict *properties) {
    (void)id, (void)permissions, (void)version;
    puppet_pipewire_microphone *microphone = data;
    if (!spa_streq(type, PW_TYPE_INTERFACE_Link) || !properties) return;
    const char *node = spa_dict_lookup(properties, PW_KEY_LINK_INPUT_NODE);
    if (!node || (uint32_t)atoi(node) != pipewire.stream_get_node_id(microphone->streams[hearing])) return;
    if (atomic_exchange(&microphone->hears, true)) return;
    if (connect_stream(microphone, heard, PW_STREAM_FLAG_TRIGGER)) puppet_pipewire_lose(&microphone->connection);
}

static const struct pw_registry_events registry_events = {PW_VERSION_REGISTRY_EVENTS, .global = noticed};
static const struct pw_stream_events events[] = {
    [hearing] =
        {PW_VERSION_STREAM_EVENTS, .state_changed = lose_what_failed, .param_changed = format_chosen, .process = hear},
    [heard] = {PW_VERSION_STREAM_EVENTS, .state_changed = state_changed, .process = pass_on},
};

/// With the loop's lock held. The result is an error of errno.h, or 0.
static int add_stream(
    puppet_pipewire_microphone *microphone, int which, const struct spa_dict_item *items, uint32_t item_count) {
    const struct spa_dict properties = SPA_DICT_INIT(items, item_count);
    struct pw_stream *stream = pipewire.stream_new(
        microphone->connection.core, "puppet microphone", pipewire.properties_new_dict(&properties));
    if (!stream) return errno ? errno : ENOMEM;
    microphone->streams[which] = stream;
    pipewire.stream_add_listener(stream, &microphone->listeners[which], &events[which], microphone);
    return 0;
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
        // Of one that was asked for: no other will do.
        SPA_DICT_ITEM_INIT(PW_KEY_TARGET_OBJECT, settings->source),
        SPA_DICT_ITEM_INIT("node.dont-fallback", "true"),
    };
    const struct spa_dict_item output[] = {
        SPA_DICT_ITEM_INIT(PW_KEY_MEDIA_CLASS, "Audio/Source"),
        SPA_DICT_ITEM_INIT(PW_KEY_NODE_NAME, settings->name),
        SPA_DICT_ITEM_INIT(PW_KEY_NODE_DESCRIPTION, settings->description),
        SPA_DICT_ITEM_INIT(PW_KEY_NODE_GROUP, group),
        SPA_DICT_ITEM_INIT(PW_KEY_NODE_LINK_GROUP, group),
        SPA_DICT_ITEM_INIT(PW_KEY_NODE_VIRTUAL, "true"),
    };
    microphone->registry = pw_core_get_registry(microphone->connection.core, PW_VERSION_REGISTRY, 0);
    if (!microphone->registry) return errno ? errno : ENOMEM;
    pw_registry_add_listener(microphone->registry, &microphone->registry_listener, &registry_events, microphone);
    int error = add_stream(microphone, heard, output, SPA_N_ELEMENTS(output));
    if (!error) error = add_stream(microphone, hearing, input, SPA_N_ELEMENTS(input) - (settings->source ? 0 : 2));
    // Of one that was asked for: no other will do.
    const enum pw_stream_flags alone = settings->source ? PW_STREAM_FLAG_DONT_RECONNECT : PW_STREAM_FLAG_NONE;
    return error ? error : connect_stream(microphone, hearing, PW_STREAM_FLAG_AUTOCONNECT | alone);
}

enum puppet_pipewire_opening puppet_pipewire_microphone_open(
    const puppet_pipewire_microphone_settings *settings, puppet_pipewire_microphone **opened, char *reason,
    size_t reason_size) {
    *opened = NULL;
    snprintf(reason, reason_size, "%s", "");
    if (!puppet_has_pipewire()) return PUPPET_PIPEWIRE_NOT_INSTALLED;
    puppet_pipewire_microphone *microphone = calloc(1, sizeof *microphone);
    if (!microphone) return PUPPET_PIPEWIRE_FAILED;
    atomic_store(&microphone->rate, 48000);
    microphone->line = puppet_delay_line_make(frames_of(settings->most, most_rate));
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

void puppet_pipewire_microphone_set(puppet_pipewire_microphone *microphone, uint32_t microseconds) {
    atomic_store(&microphone->microseconds, microseconds);
}

uint32_t puppet_pipewire_microphone_delay(const puppet_pipewire_microphone *microphone) {
    return (uint32_t)(puppet_delay_line_delay(microphone->line) * (uint64_t)1000000 / atomic_load(&microphone->rate));
}

bool puppet_pipewire_microphone_is_heard(const puppet_pipewire_microphone *microphone) {
    return atomic_load(&microphone->is_heard) && !puppet_pipewire_microphone_is_gone(microphone);
}

bool puppet_pipewire_microphone_hears(const puppet_pipewire_microphone *microphone) {
    return atomic_load(&microphone->hears);
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

void puppet_pipewire_microphone_set(puppet_pipewire_microphone *microphone, uint32_t microseconds) {
    (void)microphone, (void)microseconds;
}

uint32_t puppet_pipewire_microphone_delay(const puppet_pipewire_microphone *microphone) { return (void)microphone, 0; }

bool puppet_pipewire_microphone_is_heard(const puppet_pipewire_microphone *microphone) {
    return (void)microphone, false;
}

bool puppet_pipewire_microphone_hears(const puppet_pipewire_microphone *microphone) { return (void)microphone, false; }

bool puppet_pipewire_microphone_is_gone(const puppet_pipewire_microphone *microphone) { return (void)microphone, true; }

void puppet_pipewire_microphone_close(puppet_pipewire_microphone *microphone) { (void)microphone; }

#endif
