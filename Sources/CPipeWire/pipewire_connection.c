#include "pipewire_connection.h"

#if __has_include(<pipewire/pipewire.h>)

#include <dlfcn.h>
#include <errno.h>
#include <pthread.h>
#include <stdio.h>
#include <string.h>

struct puppet_pipewire_functions pipewire;
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
        {(void **)&pipewire.stream_get_node_id, "pw_stream_get_node_id"},
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
    *(void **)&pipewire.stream_get_time_n = dlsym(library, "pw_stream_get_time_n");
    pipewire.init(NULL, NULL);
    is_there = true;
}

bool puppet_has_pipewire(void) {
    static pthread_once_t once = PTHREAD_ONCE_INIT;
    pthread_once(&once, open_library);
    return is_there;
}

bool puppet_pipewire_is_installed(void) { return puppet_has_pipewire(); }

void puppet_pipewire_tell(puppet_pipewire_connection *connection) {
    if (connection->changed) connection->changed(connection->context);
}

void puppet_pipewire_lose(puppet_pipewire_connection *connection) {
    if (!atomic_exchange(&connection->is_gone, true)) puppet_pipewire_tell(connection);
}

static void core_failed(void *data, uint32_t id, int sequence, int result, const char *message) {
    (void)sequence, (void)message;
    if (id == PW_ID_CORE && result == -EPIPE) puppet_pipewire_lose(data);
}

static const struct pw_core_events core_events = {PW_VERSION_CORE_EVENTS, .error = core_failed};

/// With the loop's lock held.
static int join(puppet_pipewire_connection *connection) {
    connection->connection = pipewire.context_new(pipewire.loop_get_loop(connection->loop), NULL, 0);
    // Where its configuration file is missing: it comes with the daemon.
    if (!connection->connection) return errno ? errno : ENOENT;
    connection->core = pipewire.context_connect(connection->connection, NULL, 0);
    if (!connection->core) return errno ? errno : EHOSTDOWN;
    pw_core_add_listener(connection->core, &connection->listener, &core_events, connection);
    return 0;
}

int puppet_pipewire_connect(puppet_pipewire_connection *connection, const char *thread) {
    errno = 0;
    connection->loop = pipewire.loop_new(thread, NULL);
    int error = connection->loop ? -pipewire.loop_start(connection->loop) : errno;
    if (!connection->loop) return error ? error : ENOMEM;
    if (error) return error;
    pipewire.loop_lock(connection->loop);
    error = join(connection);
    if (error) pipewire.loop_unlock(connection->loop);
    return error;
}

void puppet_pipewire_disconnect(
    puppet_pipewire_connection *connection, struct pw_stream *const *streams, size_t stream_count) {
    if (connection->loop) pipewire.loop_stop(connection->loop);
    for (size_t index = 0; index < stream_count; index++) {
        if (streams[index]) pipewire.stream_destroy(streams[index]);
    }
    if (connection->core) pipewire.core_disconnect(connection->core);
    if (connection->connection) pipewire.context_destroy(connection->connection);
    if (connection->loop) pipewire.loop_destroy(connection->loop);
}

enum puppet_pipewire_opening puppet_pipewire_failed(int error, char *reason, size_t reason_size) {
    snprintf(reason, reason_size, "%s", strerror(error));
    bool is_absent = error == EHOSTDOWN || error == ECONNREFUSED || error == ENOENT;
    return is_absent ? PUPPET_PIPEWIRE_NO_DAEMON : PUPPET_PIPEWIRE_FAILED;
}

#else

bool puppet_pipewire_is_installed(void) { return false; }

#endif
