// Tensors of random numbers, a convolution by its definition, and its weights as the kernels read them.
#pragma once
#include "CFOMMKernels.h"
#include <math.h>
#include <stdlib.h>
#include <string.h>

// ---- Numbers, tensors

static uint64_t state = 1;

static float random_float(void) {  // -1 ..< 1
    state = state * 6364136223846793005 + 1442695040888963407;
    return (float)(int32_t)(state >> 32) / 2147483648.0f;
}

static int random_integer(int limit) { return (int)lrintf(random_float() * (float)limit); }

static void *zeros(size_t bytes) {
    const size_t rounded = (bytes + 63) / 64 * 64 + 64;
    void *memory = aligned_alloc(64, rounded);
    if (!memory) abort();
    return memset(memory, 0, rounded);
}

typedef struct {
    float *memory;
    puppet_tensor view;
    int channels, halo;
} tensor;

static int blocks_of(int channels) { return (channels + PUPPET_BLOCK - 1) / PUPPET_BLOCK; }

static tensor make_tensor(int channels, int height, int width, int halo) {
    const ptrdiff_t row = (ptrdiff_t)(width + 2 * halo) * PUPPET_BLOCK, block = row * (height + 2 * halo);
    tensor t = {.memory = zeros((size_t)(block * blocks_of(channels)) * sizeof(float)), .channels = channels, .halo = halo};
    t.view = (puppet_tensor){t.memory + halo * row + halo * PUPPET_BLOCK, block, row, blocks_of(channels), height, width};
    return t;
}

static float *value_at(const tensor *t, int channel, int y, int x) {
    return t->view.data + channel / PUPPET_BLOCK * t->view.block_stride + y * t->view.row_stride + x * PUPPET_BLOCK
        + channel % PUPPET_BLOCK;
}

// The tensor with so much of its halo.
static puppet_tensor padded(const tensor *t, int padding_y, int padding_x) {
    puppet_tensor view = t->view;
    view.data -= padding_y * view.row_stride + padding_x * PUPPET_BLOCK;
    view.height += 2 * padding_y;
    view.width += 2 * padding_x;
    return view;
}

// ---- A convolution, by its definition

typedef struct {
    int inputs, outputs, rows, columns;
    float *weights;  // [outputs][inputs][rows][columns]
    float *bias;     // [output blocks][16]
} layer;

// Whole numbers up to `limit`, or fractions where that is 0.
static layer make_layer(int inputs, int outputs, int rows, int columns, int limit) {
    layer l = {inputs, outputs, rows, columns, NULL, zeros((size_t)blocks_of(outputs) * PUPPET_BLOCK * sizeof(float))};
    const int count = outputs * inputs * rows * columns;
    l.weights = zeros((size_t)count * sizeof(float));
    for (int i = 0; i < count; i++) l.weights[i] = limit ? (float)random_integer(limit) : random_float();
    for (int i = 0; i < outputs; i++) l.bias[i] = limit ? (float)random_integer(limit) : random_float();
    return l;
}

static float weight_of(const layer *l, int output, int input, int y, int x) {
    return l->weights[((output * l->inputs + input) * l->rows + y) * l->columns + x];
}

// `scale`: each pixel of the input counts as scale x scale.
static float defined(const layer *l, const tensor *input, int output, int y, int x, int scale) {
    double sum = l->bias[output];
    const int height = scale * input->view.height, width = scale * input->view.width;
    for (int i = 0; i < l->inputs; i++) {
        for (int ky = 0; ky < l->rows; ky++) {
            for (int kx = 0; kx < l->columns; kx++) {
                const int row = y + ky - l->rows / 2, column = x + kx - l->columns / 2;
                if (row < 0 || row >= height || column < 0 || column >= width) continue;
                sum += (double)weight_of(l, output, i, ky, kx) * *value_at(input, i, row / scale, column / scale);
            }
        }
    }
    return (float)sum;
}

// ---- Weights as the kernels read them: see puppet_weights

static int32_t *channels_per_block(int channels) {
    int32_t *list = zeros((size_t)blocks_of(channels) * sizeof(int32_t));
    for (int b = 0; b < blocks_of(channels); b++)
        list[b] = channels - b * PUPPET_BLOCK < PUPPET_BLOCK ? channels - b * PUPPET_BLOCK : PUPPET_BLOCK;
    return list;
}

// [positions][output blocks][steps][16] of weights whose rows are combined by `matrix`, [positions][rows * across], where a
// transform in two dimensions combines `across` columns as well.
static float *packed(const layer *l, int positions, const double *matrix, int across) {
    const int columns = l->columns / across, combined = l->rows * across, steps = l->inputs * columns;
    float *result = zeros((size_t)positions * (size_t)blocks_of(l->outputs) * (size_t)steps * PUPPET_BLOCK * sizeof(float));
    for (int p = 0; p < positions; p++) {
        for (int o = 0; o < l->outputs; o++) {
            int step = 0;
            for (int b = 0; b < l->inputs; b += PUPPET_BLOCK) {
                for (int kx = 0; kx < columns; kx++) {
                    for (int i = b; i < l->inputs && i < b + PUPPET_BLOCK; i++, step++) {
                        double sum = 0;
                        for (int r = 0; r < combined; r++)
                            sum += matrix[p * combined + r] * (across > 1 ? weight_of(l, o, i, r / across, r % across) : weight_of(l, o, i, r, kx));
                        result[((ptrdiff_t)(p * blocks_of(l->outputs) + o / PUPPET_BLOCK) * steps + step) * PUPPET_BLOCK + o % PUPPET_BLOCK] = (float)sum;
                    }
                }
            }
        }
    }
    return result;
}

// [output blocks][steps][16] in the order input block, ky, kx, channel.
static float *packed_directly(const layer *l) {
    const int steps = l->inputs * l->rows * l->columns;
    float *result = zeros((size_t)blocks_of(l->outputs) * (size_t)steps * PUPPET_BLOCK * sizeof(float));
    for (int o = 0; o < l->outputs; o++) {
        int step = 0;
        for (int b = 0; b < l->inputs; b += PUPPET_BLOCK)
            for (int k = 0; k < l->rows * l->columns; k++)
                for (int i = b; i < l->inputs && i < b + PUPPET_BLOCK; i++, step++)
                    result[((ptrdiff_t)(o / PUPPET_BLOCK) * steps + step) * PUPPET_BLOCK + o % PUPPET_BLOCK] =
                        weight_of(l, o, i, k / l->columns, k % l->columns);
    }
    return result;
}

// Where the integer of a float of `packed` or `packed_directly` is: [positions * output blocks][steps / together][16][together],
// every block with 16 inputs.
static ptrdiff_t integer_place(const layer *l, int row, int area, int step, int output, int together) {
    const int before = step / (PUPPET_BLOCK * area) * PUPPET_BLOCK, left = l->inputs - before;
    const int channels = left < PUPPET_BLOCK ? left : PUPPET_BLOCK, rest = step - before * area;
    const int lane = before * area + rest / channels * PUPPET_BLOCK + rest % channels;
    const ptrdiff_t per_row = (ptrdiff_t)blocks_of(l->inputs) * area * PUPPET_BLOCK;
    return ((row * per_row + lane / together * together) * PUPPET_BLOCK) + output * together + lane % together;
}

// Weights as integers, each `unit` of its row and output; inputs are `per_unit` of their position, and 0.0 is `zero`.
static puppet_weights integers(
    const layer *l, const float *floats, int positions, int area, const float *per_unit, const int *sources, int zero,
    int together, bool exact) {
    const int rows = positions * blocks_of(l->outputs), steps = l->inputs * area, lanes = blocks_of(l->inputs) * PUPPET_BLOCK;
    int8_t *values = zeros((size_t)rows * (size_t)(lanes * area) * PUPPET_BLOCK);
    int32_t *first_sum = zeros((size_t)rows * PUPPET_BLOCK * sizeof(int32_t));
    float *unit = zeros((size_t)rows * PUPPET_BLOCK * sizeof(float));
    for (int row = 0; row < rows; row++) {
        for (int o = 0; o < PUPPET_BLOCK; o++) {
            float largest = 0;
            for (int s = 0; s < steps; s++) largest = fmaxf(largest, fabsf(floats[((ptrdiff_t)row * steps + s) * PUPPET_BLOCK + o]));
            const float step = exact ? 1 : fmaxf(largest, 1e-9f) / 127;
            for (int s = 0; s < steps; s++) {
                const int value = (int)lrintf(floats[((ptrdiff_t)row * steps + s) * PUPPET_BLOCK + o] / step);
                values[integer_place(l, row, area, s, o, together)] = (int8_t)value;
                first_sum[row * PUPPET_BLOCK + o] -= zero * value;
            }
            unit[row * PUPPET_BLOCK + o] = step / per_unit[(ptrdiff_t)(sources ? sources[row / blocks_of(l->outputs)] : 0) * lanes];
        }
    }
    return (puppet_weights){PUPPET_INT8, values, lanes * area / 4, unit, first_sum, per_unit};
}
