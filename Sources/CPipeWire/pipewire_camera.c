#include "pipewire_camera.h"

#include <stdio.h>

#if __has_include(<pipewire/pipewire.h>)

#include <dlfcn.h>
#include <errno.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

// Warnings of headers that are not ours.
#pragma clang diagnostic push
#pragma clang diagnostic ignored "-Weverything"
#include <pipewire/pipewire.h>
#include <spa/buffer/meta.h>
#include <spa/param/buffers.h>
#include <spa/param/video/format-utils.h>
#pragma clang diagnostic pop

/// Of libpipewire, what is not a macro or an inline function of its headers.
static struct {
    __typeof__(&pw_init) init;
    __typeof__(&pw_properties_new_dict) properties_new_dict;
    __typeof__(&pw_thread_loop_new) loop_new;
    __typeof__(&pw_thread_loop_destroy) loop_destroy;
    __typeof__(&pw_thread_loop_get_loop) loop_get_loop;
    __typeof__(&pw_thread_loop_start) loop_start;
    __typeof__(&pw_thread_loop_stop) loop_stop;
    __typeof__(&pw_thread_loop_lock) loop_lock;
    __typeof__(&pw_thread_loop_unlock) loop_unlock;
    __typeof__(&pw_context_new) context_new;
    __typeof__(&pw_context_destroy) context_destroy;
    __typeof__(&pw_context_connect) context_connect;
    __typeof__(&pw_core_disconnect) core_disconnect;
    __typeof__(&pw_stream_new) stream_new;
    __typeof__(&pw_stream_destroy) stream_destroy;
    __typeof__(&pw_stream_add_listener) stream_add_listener;
    __typeof__(&pw_stream_connect) stream_connect;
    __typeof__(&pw_stream_update_params) stream_update_params;
    __typeof__(&pw_stream_dequeue_buffer) stream_dequeue_buffer;
    __typeof__(&pw_stream_queue_buffer) stream_queue_buffer;
    __typeof__(&pw_stream_trigger_process) stream_trigger_process;
} pipewire;

static bool is_there;

static void open_library(void) {
    void *library = dlopen("libpipewire-0.3.so.0", RTLD_NOW | RTLD_LOCAL);
    if (!library) return;
    const struct {
        void **function;
        const char *name;
    } needed[] = {
        {(void **)&pipewire.init, "pw_init"},
        {(void **)&pipewire.properties_new_dict, "pw_properties_new_dict"},
        {(void **)&pipewire.loop_new, "pw_thread_loop_new"},
        {(void **)&pipewire.loop_destroy, "pw_thread_loop_destroy"},
        {(void **)&pipewire.loop_get_loop, "pw_thread_loop_get_loop"},
        {(void **)&pipewire.loop_start, "pw_thread_loop_start"},
        {(void **)&pipewire.loop_stop, "pw_thread_loop_stop"},
        {(void **)&pipewire.loop_lock, "pw_thread_loop_lock"},
        {(void **)&pipewire.loop_unlock, "pw_thread_loop_unlock"},
        {(void **)&pipewire.context_new, "pw_context_new"},
        {(void **)&pipewire.context_destroy, "pw_context_destroy"},
        {(void **)&pipewire.context_connect, "pw_context_connect"},
        {(void **)&pipewire.core_disconnect, "pw_core_disconnect"},
        {(void **)&pipewire.stream_new, "pw_stream_new"},
        {(void **)&pipewire.stream_destroy, "pw_stream_destroy"},
        {(void **)&pipewire.stream_add_listener, "pw_stream_add_listener"},
        {(void **)&pipewire.stream_connect, "pw_stream_connect"},
        {(void **)&pipewire.stream_update_params, "pw_stream_update_params"},
        {(void **)&pipewire.stream_dequeue_buffer, "pw_stream_dequeue_buffer"},
        {(void **)&pipewire.stream_queue_buffer, "pw_stream_queue_buffer"},
        // The youngest of them: 0.3.34.
        {(void **)&pipewire.stream_trigger_process, "pw_stream_trigger_process"},
    };
    for (size_t index = 0; index < sizeof needed / sizeof *needed; index++) {
        *needed[index].function = dlsym(library, needed[index].name);
        if (!*needed[index].function) return;
    }
    pipewire.init(NULL, NULL);
    is_there = true;
}

static bool has_library(void) {
    static pthread_once_t once = PTHREAD_ONCE_INIT;
    pthread_once(&once, open_library);
    return is_there;
}

bool puppet_pipewire_is_installed(void) { return has_library(); }

struct puppet_pipewire_camera {
    size_t row_bytes, picture_bytes;
    void (*changed)(void *context);
    void *context;
    struct pw_thread_loop *loop;
    struct pw_context *connection;
    struct pw_core *core;
    struct pw_stream *stream;
    struct spa_hook core_listener, stream_listener;
    atomic_bool is_watched, is_gone;
};

static void tell(puppet_pipewire_camera *camera) {
    if (camera->changed) camera->changed(camera->context);
}

static void core_failed(void *data, uint32_t id, int sequence, int result, const char *message) {
    (void)sequence, (void)message;
    puppet_pipewire_camera *camera = data;
    if (id != PW_ID_CORE || result != -EPIPE) return;
    atomic_store(&camera->is_watched, false);
    if (!atomic_exchange(&camera->is_gone, true)) tell(camera);
}

static void state_changed(void *data, enum pw_stream_state old, enum pw_stream_state state, const char *error) {
    (void)old, (void)error;
    puppet_pipewire_camera *camera = data;
    bool is_watched = state == PW_STREAM_STATE_STREAMING;
    if (atomic_exchange(&camera->is_watched, is_watched) != is_watched) tell(camera);
    // The node cannot be used any more, and what made it so is told to who opens it anew.
    if (state == PW_STREAM_STATE_ERROR && !atomic_exchange(&camera->is_gone, true)) tell(camera);
}

static void format_chosen(void *data, uint32_t id, const struct spa_pod *format) {
    puppet_pipewire_camera *camera = data;
    if (id != SPA_PARAM_Format || !format) return;
    uint8_t bytes[1024];
    struct spa_pod_builder builder = SPA_POD_BUILDER_INIT(bytes, sizeof bytes);
    const struct spa_pod *wanted[] = {
        spa_pod_builder_add_object(
            &builder, SPA_TYPE_OBJECT_ParamBuffers, SPA_PARAM_Buffers, SPA_PARAM_BUFFERS_buffers,
            SPA_POD_CHOICE_RANGE_Int(8, 2, 16), SPA_PARAM_BUFFERS_blocks, SPA_POD_Int(1), SPA_PARAM_BUFFERS_size,
            SPA_POD_Int((int)camera->picture_bytes), SPA_PARAM_BUFFERS_stride, SPA_POD_Int((int)camera->row_bytes),
            SPA_PARAM_BUFFERS_dataType, SPA_POD_CHOICE_FLAGS_Int((1 << SPA_DATA_MemFd) | (1 << SPA_DATA_MemPtr))),
        // Without a header Chromium does not take the pictures.
        spa_pod_builder_add_object(
            &builder, SPA_TYPE_OBJECT_ParamMeta, SPA_PARAM_Meta, SPA_PARAM_META_type, SPA_POD_Id(SPA_META_Header),
            SPA_PARAM_META_size, SPA_POD_Int(sizeof(struct spa_meta_header))),
    };
    pipewire.stream_update_params(camera->stream, wanted, 2);
}

static const struct pw_core_events core_events = {PW_VERSION_CORE_EVENTS, .error = core_failed};
static const struct pw_stream_events stream_events = {
    PW_VERSION_STREAM_EVENTS, .state_changed = state_changed, .param_changed = format_chosen};

/// With the loop's lock held. The result is an error of errno.h, or 0.
static int connect_camera(puppet_pipewire_camera *camera, const puppet_pipewire_settings *settings) {
    camera->connection = pipewire.context_new(pipewire.loop_get_loop(camera->loop), NULL, 0);
    // Where its configuration file is missing: it comes with the daemon.
    if (!camera->connection) return errno ? errno : ENOENT;
    camera->core = pipewire.context_connect(camera->connection, NULL, 0);
    if (!camera->core) return errno ? errno : EHOSTDOWN;
    pw_core_add_listener(camera->core, &camera->core_listener, &core_events, camera);
    const struct spa_dict_item items[] = {
        SPA_DICT_ITEM_INIT(PW_KEY_MEDIA_CLASS, "Video/Source"),
        SPA_DICT_ITEM_INIT(PW_KEY_MEDIA_ROLE, "Camera"),
        SPA_DICT_ITEM_INIT(PW_KEY_NODE_NAME, settings->name),
        SPA_DICT_ITEM_INIT(PW_KEY_NODE_DESCRIPTION, settings->description),
    };
    const struct spa_dict properties = SPA_DICT_INIT_ARRAY(items);
    camera->stream =
        pipewire.stream_new(camera->core, settings->description, pipewire.properties_new_dict(&properties));
    if (!camera->stream) return errno ? errno : ENOMEM;
    pipewire.stream_add_listener(camera->stream, &camera->stream_listener, &stream_events, camera);
    uint8_t bytes[512];
    struct spa_pod_builder builder = SPA_POD_BUILDER_INIT(bytes, sizeof bytes);
    const struct spa_pod *formats[] = {spa_format_video_raw_build(
        &builder, SPA_PARAM_EnumFormat,
        &SPA_VIDEO_INFO_RAW_INIT(
                .format = SPA_VIDEO_FORMAT_YUY2, .size = SPA_RECTANGLE(settings->width, settings->height),
                .framerate = SPA_FRACTION(settings->rate_numerator, settings->rate_denominator)))};
    int result = pipewire.stream_connect(
        camera->stream, PW_DIRECTION_OUTPUT, PW_ID_ANY, PW_STREAM_FLAG_DRIVER | PW_STREAM_FLAG_MAP_BUFFERS, formats, 1);
    return result < 0 ? -result : 0;
}

enum puppet_pipewire_opening puppet_pipewire_open(
    const puppet_pipewire_settings *settings, puppet_pipewire_camera **opened, char *reason, size_t reason_size) {
    *opened = NULL;
    snprintf(reason, reason_size, "%s", "");
    if (!has_library()) return PUPPET_PIPEWIRE_NOT_INSTALLED;
    puppet_pipewire_camera *camera = calloc(1, sizeof *camera);
    if (!camera) return PUPPET_PIPEWIRE_FAILED;
    camera->row_bytes = 2 * (size_t)settings->width;
    camera->picture_bytes = camera->row_bytes * (size_t)settings->height;
    camera->changed = settings->changed;
    camera->context = settings->context;
    errno = 0;
    camera->loop = pipewire.loop_new("puppet camera", NULL);
    int error = camera->loop ? -pipewire.loop_start(camera->loop) : errno;
    if (camera->loop && !error) {
        pipewire.loop_lock(camera->loop);
        error = connect_camera(camera, settings);
        pipewire.loop_unlock(camera->loop);
        if (!error) {
            *opened = camera;
            return PUPPET_PIPEWIRE_OPENED;
        }
    }
    puppet_pipewire_close(camera);
    snprintf(reason, reason_size, "%s", strerror(error));
    bool is_absent = error == EHOSTDOWN || error == ECONNREFUSED || error == ENOENT;
    return is_absent ? PUPPET_PIPEWIRE_NO_DAEMON : PUPPET_PIPEWIRE_FAILED;
}

bool puppet_pipewire_is_watched(const puppet_pipewire_camera *camera) { return atomic_load(&camera->is_watched); }

bool puppet_pipewire_is_gone(const puppet_pipewire_camera *camera) { return atomic_load(&camera->is_gone); }

/// With the loop's lock held.
static enum puppet_pipewire_sending fill_buffer(
    puppet_pipewire_camera *camera, const void *picture, int64_t nanoseconds, uint64_t sequence) {
    struct pw_buffer *buffer = pipewire.stream_dequeue_buffer(camera->stream);
    if (!buffer) return PUPPET_PIPEWIRE_FULL;
    struct spa_data *data = &buffer->buffer->datas[0];
    if (data->data && data->maxsize >= camera->picture_bytes) {
        memcpy(data->data, picture, camera->picture_bytes);
        data->chunk->offset = 0;
        data->chunk->size = (uint32_t)camera->picture_bytes;
        data->chunk->stride = (int32_t)camera->row_bytes;
        data->chunk->flags = 0;
    } else {
        data->chunk->size = 0;
        data->chunk->flags = SPA_CHUNK_FLAG_CORRUPTED;
    }
    struct spa_meta_header *header =
        spa_buffer_find_meta_data(buffer->buffer, SPA_META_Header, sizeof(struct spa_meta_header));
    if (header) *header = (struct spa_meta_header){.pts = nanoseconds, .seq = sequence};
    pipewire.stream_queue_buffer(camera->stream, buffer);
    // Filled first: asked to fill it later, a picture comes a frame late.
    pipewire.stream_trigger_process(camera->stream);
    return PUPPET_PIPEWIRE_SENT;
}

enum puppet_pipewire_sending puppet_pipewire_send(
    puppet_pipewire_camera *camera, const void *picture, int64_t nanoseconds, uint64_t sequence) {
    if (atomic_load(&camera->is_gone)) return PUPPET_PIPEWIRE_GONE;
    if (!atomic_load(&camera->is_watched)) return PUPPET_PIPEWIRE_NOBODY;
    pipewire.loop_lock(camera->loop);
    enum puppet_pipewire_sending result = atomic_load(&camera->is_watched)
                                              ? fill_buffer(camera, picture, nanoseconds, sequence)
                                              : PUPPET_PIPEWIRE_NOBODY;
    pipewire.loop_unlock(camera->loop);
    return result;
}

void puppet_pipewire_close(puppet_pipewire_camera *camera) {
    if (camera->loop) pipewire.loop_stop(camera->loop);
    if (camera->stream) pipewire.stream_destroy(camera->stream);
    if (camera->core) pipewire.core_disconnect(camera->core);
    if (camera->connection) pipewire.context_destroy(camera->connection);
    if (camera->loop) pipewire.loop_destroy(camera->loop);
    free(camera);
}

#else

bool puppet_pipewire_is_installed(void) { return false; }

enum puppet_pipewire_opening puppet_pipewire_open(
    const puppet_pipewire_settings *settings, puppet_pipewire_camera **opened, char *reason, size_t reason_size) {
    (void)settings;
    *opened = NULL;
    snprintf(reason, reason_size, "%s", "");
    return PUPPET_PIPEWIRE_LEFT_OUT;
}

bool puppet_pipewire_is_watched(const puppet_pipewire_camera *camera) { return (void)camera, false; }

bool puppet_pipewire_is_gone(const puppet_pipewire_camera *camera) { return (void)camera, true; }

enum puppet_pipewire_sending puppet_pipewire_send(
    puppet_pipewire_camera *camera, const void *picture, int64_t nanoseconds, uint64_t sequence) {
    (void)camera, (void)picture, (void)nanoseconds, (void)sequence;
    return PUPPET_PIPEWIRE_GONE;
}

void puppet_pipewire_close(puppet_pipewire_camera *camera) { (void)camera; }

#endif
