#ifndef PUPPET_PIPEWIRE_CONNECTION_H
#define PUPPET_PIPEWIRE_CONNECTION_H

#include "pipewire_opening.h"

#include <stdbool.h>
#include <stddef.h>

#if __has_include(<pipewire/pipewire.h>)

#include <stdatomic.h>

// Warnings of headers that are not ours.
#pragma clang diagnostic push
#pragma clang diagnostic ignored "-Weverything"
#include <pipewire/pipewire.h>
#pragma clang diagnostic pop

/// Of libpipewire, what is not a macro or an inline function of its headers.
extern struct puppet_pipewire_functions {
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
    __typeof__(&pw_stream_get_node_id) stream_get_node_id;
    __typeof__(&pw_stream_update_params) stream_update_params;
    __typeof__(&pw_stream_dequeue_buffer) stream_dequeue_buffer;
    __typeof__(&pw_stream_queue_buffer) stream_queue_buffer;
    __typeof__(&pw_stream_trigger_process) stream_trigger_process;
    /// NULL before 0.3.50.
    __typeof__(&pw_stream_get_time_n) stream_get_time_n;
} pipewire;

/// Opens the library when it is first asked. Any thread.
bool puppet_has_pipewire(void);

/// To PipeWire's daemon, with a thread of its own.
typedef struct {
    /// Called on that thread when the daemon has ended, and with whatever else its owner tells; may be NULL.
    void (*changed)(void *context);
    void *context;
    struct pw_thread_loop *loop;
    struct pw_context *connection;
    struct pw_core *core;
    struct spa_hook listener;
    atomic_bool is_gone;
} puppet_pipewire_connection;

/// Calls `changed`.
void puppet_pipewire_tell(puppet_pipewire_connection *connection);

/// What cannot be used any more: whoever opens it anew is told why. Tells once.
void puppet_pipewire_lose(puppet_pipewire_connection *connection);

/// Connects. The result is 0, and then the loop is locked and for the caller to unlock; or an error of errno.h.
int puppet_pipewire_connect(puppet_pipewire_connection *connection, const char *thread);

/// Ends the thread, after which `stream`s are destroyed, those that are not NULL, and the rest is.
void puppet_pipewire_disconnect(
    puppet_pipewire_connection *connection, struct pw_stream *const *streams, size_t stream_count);

/// What an error of errno.h means, and in words.
enum puppet_pipewire_opening puppet_pipewire_failed(int error, char *reason, size_t reason_size);

#endif

#endif
