#include "pipewire_camera.h"

#include <stdio.h>

#include "pipewire_connection.h"

#if __has_include(<pipewire/pipewire.h>)

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#pragma clang diagnostic push
#pragma clang diagnostic ignored "-Weverything"
#include <spa/buffer/meta.h>
#include <spa/param/buffers.h>
#include <spa/param/video/format-utils.h>
#pragma clang diagnostic pop

enum {
    MOST_BUFFERS = 16,
    /// Half a second.
    MOST_PICTURES_WITHOUT_BUFFER = 15
};

struct puppet_pipewire_camera {
    size_t row_bytes, picture_bytes;
    /// Of the present format, in no order; the rest is NULL. With the loop's lock held.
    struct pw_buffer *buffers[MOST_BUFFERS];
    /// In a row, because apps held every buffer.
    int pictures_without_buffer;
    puppet_pipewire_connection connection;
    struct pw_stream *stream;
    struct spa_hook listener;
    atomic_bool is_watched;
};

static void buffer_added(void *data, struct pw_buffer *buffer) {
    puppet_pipewire_camera *camera = data;
    for (size_t index = 0; index < MOST_BUFFERS; index++) {
        if (!camera->buffers[index]) {
            camera->buffers[index] = buffer;
            return;
        }
    }
}

static void buffer_removed(void *data, struct pw_buffer *buffer) {
    puppet_pipewire_camera *camera = data;
    for (size_t index = 0; index < MOST_BUFFERS; index++) {
        if (camera->buffers[index] == buffer) camera->buffers[index] = NULL;
    }
}

static void state_changed(void *data, enum pw_stream_state old, enum pw_stream_state state, const char *error) {
    (void)old, (void)error;
    puppet_pipewire_camera *camera = data;
    bool is_watched = state == PW_STREAM_STATE_STREAMING;
    if (atomic_exchange(&camera->is_watched, is_watched) != is_watched) {
        puppet_pipewire_tell(&camera->connection);
    }
    if (state == PW_STREAM_STATE_ERROR) puppet_pipewire_lose(&camera->connection);
}

static void format_chosen(void *data, uint32_t id, const struct spa_pod *format) {
    puppet_pipewire_camera *camera = data;
    if (id != SPA_PARAM_Format || !format) return;
    uint8_t bytes[1024];
    struct spa_pod_builder builder = SPA_POD_BUILDER_INIT(bytes, sizeof bytes);
    const struct spa_pod *wanted[] = {
        spa_pod_builder_add_object(
            &builder, SPA_TYPE_OBJECT_ParamBuffers, SPA_PARAM_Buffers, SPA_PARAM_BUFFERS_buffers,
            SPA_POD_CHOICE_RANGE_Int(8, 2, MOST_BUFFERS), SPA_PARAM_BUFFERS_blocks, SPA_POD_Int(1), SPA_PARAM_BUFFERS_size,
            SPA_POD_Int((int)camera->picture_bytes), SPA_PARAM_BUFFERS_stride, SPA_POD_Int((int)camera->row_bytes),
            SPA_PARAM_BUFFERS_dataType, SPA_POD_CHOICE_FLAGS_Int((1 << SPA_DATA_MemFd) | (1 << SPA_DATA_MemPtr))),
        // Without a header Chromium does not take the pictures.
        spa_pod_builder_add_object(
            &builder, SPA_TYPE_OBJECT_ParamMeta, SPA_PARAM_Meta, SPA_PARAM_META_type, SPA_POD_Id(SPA_META_Header),
            SPA_PARAM_META_size, SPA_POD_Int(sizeof(struct spa_meta_header))),
    };
    pipewire.stream_update_params(camera->stream, wanted, 2);
}

static const struct pw_stream_events stream_events = {
    PW_VERSION_STREAM_EVENTS,
    .state_changed = state_changed,
    .param_changed = format_chosen,
    .add_buffer = buffer_added,
    .remove_buffer = buffer_removed,
};

/// With the loop's lock held. The result is an error of errno.h, or 0.
static int offer(puppet_pipewire_camera *camera, const puppet_pipewire_settings *settings) {
    const struct spa_dict_item items[] = {
        SPA_DICT_ITEM_INIT(PW_KEY_MEDIA_CLASS, "Video/Source"),
        SPA_DICT_ITEM_INIT(PW_KEY_MEDIA_ROLE, "Camera"),
        SPA_DICT_ITEM_INIT(PW_KEY_NODE_NAME, settings->name),
        SPA_DICT_ITEM_INIT(PW_KEY_NODE_DESCRIPTION, settings->description),
    };
    const struct spa_dict properties = SPA_DICT_INIT_ARRAY(items);
    camera->stream =
        pipewire.stream_new(camera->connection.core, settings->description, pipewire.properties_new_dict(&properties));
    if (!camera->stream) return errno ? errno : ENOMEM;
    pipewire.stream_add_listener(camera->stream, &camera->listener, &stream_events, camera);
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
    if (!puppet_has_pipewire()) return PUPPET_PIPEWIRE_NOT_INSTALLED;
    puppet_pipewire_camera *camera = calloc(1, sizeof *camera);
    if (!camera) return PUPPET_PIPEWIRE_FAILED;
    camera->row_bytes = 2 * (size_t)settings->width;
    camera->picture_bytes = camera->row_bytes * (size_t)settings->height;
    camera->connection.changed = settings->changed;
    camera->connection.context = settings->context;
    int error = puppet_pipewire_connect(&camera->connection, "puppet camera");
    if (!error) {
        error = offer(camera, settings);
        pipewire.loop_unlock(camera->connection.loop);
    }
    if (!error) {
        *opened = camera;
        return PUPPET_PIPEWIRE_OPENED;
    }
    puppet_pipewire_close(camera);
    return puppet_pipewire_failed(error, reason, reason_size);
}

bool puppet_pipewire_is_watched(const puppet_pipewire_camera *camera) {
    return atomic_load(&camera->is_watched) && !puppet_pipewire_is_gone(camera);
}

bool puppet_pipewire_is_gone(const puppet_pipewire_camera *camera) { return atomic_load(&camera->connection.is_gone); }

/// Whether the graph has yet to take a picture: it takes none while it is linked anew.
static bool has_waiting_picture(const puppet_pipewire_camera *camera) {
    struct pw_time time;
    return pipewire.stream_get_time_n && pipewire.stream_get_time_n(camera->stream, &time, sizeof time) == 0 &&
           time.queued_buffers > 0;
}

/// As if no app held any.
static void take_buffers_back(puppet_pipewire_camera *camera) {
    for (size_t index = 0; index < MOST_BUFFERS; index++) {
        if (!camera->buffers[index]) continue;
        struct spa_meta_busy *busy =
            spa_buffer_find_meta_data(camera->buffers[index]->buffer, SPA_META_Busy, sizeof(struct spa_meta_busy));
        if (busy) __atomic_store_n(&busy->count, 0, __ATOMIC_RELAXED);
    }
}

/// NULL where there is none. An app that has been killed never gives back what it held.
static struct pw_buffer *free_buffer(puppet_pipewire_camera *camera) {
    // What an app holds goes to the end of the queue.
    for (int tries = 0; tries < MOST_BUFFERS; tries++) {
        struct pw_buffer *buffer = pipewire.stream_dequeue_buffer(camera->stream);
        if (buffer) camera->pictures_without_buffer = 0;
        if (buffer || errno != EBUSY) return buffer;
    }
    if (++camera->pictures_without_buffer >= MOST_PICTURES_WITHOUT_BUFFER) take_buffers_back(camera);
    return NULL;
}

/// With the loop's lock held.
static enum puppet_pipewire_sending fill_buffer(
    puppet_pipewire_camera *camera, const void *picture, int64_t nanoseconds, uint64_t sequence) {
    // The graph takes one at each turn: behind one that waits, this and all that follow would be late by a picture.
    struct pw_buffer *buffer = has_waiting_picture(camera) ? NULL : free_buffer(camera);
    if (!buffer) {
        pipewire.stream_trigger_process(camera->stream);
        return PUPPET_PIPEWIRE_FULL;
    }
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
    if (puppet_pipewire_is_gone(camera)) return PUPPET_PIPEWIRE_GONE;
    if (!puppet_pipewire_is_watched(camera)) return PUPPET_PIPEWIRE_NOBODY;
    pipewire.loop_lock(camera->connection.loop);
    enum puppet_pipewire_sending result = puppet_pipewire_is_watched(camera)
                                              ? fill_buffer(camera, picture, nanoseconds, sequence)
                                              : PUPPET_PIPEWIRE_NOBODY;
    pipewire.loop_unlock(camera->connection.loop);
    return result;
}

void puppet_pipewire_close(puppet_pipewire_camera *camera) {
    puppet_pipewire_disconnect(&camera->connection, &camera->stream, 1);
    free(camera);
}

#else

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
