// The convolutions of an instruction set against their definition, on shapes around the edges of tiles. Needs no Swift, so that
// it can be run where that cannot be had: on an emulated ARM.
//     kernels [NAME...]         prints what was compared; fails where a value is off. Without names, all that this CPU has.
//     kernels --frame NAME [TURNS [int8]]
//                               runs the convolutions of a frame of the default model, so often, the generator's in int8 where
//                               that is said, and prints the billions of multiply-adds that one has by the definition.
#include "convolution.h"
#include <stdio.h>

#define COUNT(list) (sizeof(list) / sizeof *(list))

static int failures;

// ---- Comparing

static void report(const puppet_kernels *k, const char *what, const layer *l, const tensor *input, double worst, double allowed) {
    const bool is_off = !(worst <= allowed);
    failures += is_off;
    if (is_off)
        printf("not ok %s: %s, %dx%d, [%d, %d, %d] to %d: %g, allowed is %g\n", k->name, what, l->rows, l->columns, l->inputs, input->view.height, input->view.width, l->outputs, worst, allowed);
}

typedef struct {
    double worst;  // in units of the largest value
    double noise;  // root mean square, in units of the values'
} difference;

// From the definition; infinite where lanes or a halo are written that hold nothing.
static difference distance(const layer *l, const tensor *input, const tensor *output, int scale, int pooled) {
    double worst = 0, largest = 1e-9, noise = 0, signal = 1e-9;
    for (int o = 0; o < output->view.blocks * PUPPET_BLOCK; o++) {
        for (int y = -output->halo; y < output->view.height + output->halo; y++) {
            for (int x = -output->halo; x < output->view.width + output->halo; x++) {
                const bool inside = o < l->outputs && y >= 0 && y < output->view.height && x >= 0 && x < output->view.width;
                double expected = 0;
                for (int i = 0; inside && i < (pooled ? 4 : 1); i++)
                    expected += pooled ? 0.25 * fmax(0, defined(l, input, o, 2 * y + i / 2, 2 * x + i % 2, scale)) : defined(l, input, o, y, x, scale);
                const double off = fabs(*value_at(output, o, y, x) - expected);
                if (!inside && off != 0) return (difference){INFINITY, INFINITY};
                if (!(off <= worst)) worst = off;
                largest = fmax(largest, fabs(expected));
                noise += off * off;
                signal += expected * expected;
            }
        }
    }
    return (difference){worst / largest, sqrt(noise / signal)};
}

static tensor random_tensor(int channels, int height, int width, int halo, int limit) {
    tensor t = make_tensor(channels, height, width, halo);
    for (int c = 0; c < channels; c++)
        for (int y = 0; y < height; y++)
            for (int x = 0; x < width; x++) *value_at(&t, c, y, x) = limit ? (float)random_integer(limit) : random_float();
    return t;
}

static void clear_negatives(tensor *t) {
    for (int c = 0; c < t->channels; c++)
        for (int y = 0; y < t->view.height; y++)
            for (int x = 0; x < t->view.width; x++) *value_at(t, c, y, x) = fmaxf(*value_at(t, c, y, x), 0);
}

// ---- The kernels

static puppet_conv2d call_of(const layer *l, const tensor *input, tensor *output, int padding_y, int padding_x, puppet_weights weights) {
    return (puppet_conv2d){
        .input = padded(input, padding_y, padding_x),
        .block_channels = channels_per_block(l->inputs),
        .kernel_height = l->rows,
        .kernel_width = l->columns,
        .weights = weights,
        .bias = l->bias,
        .output = output->view,
        .output_pixel_stride = PUPPET_BLOCK,
    };
}

static void run_direct(const puppet_kernels *k, const puppet_conv2d *call) {
    for (int group = 0; group * k->group_blocks < call->output.blocks; group++)
        k->conv2d_rows(call, group, (puppet_range){0, call->output.height});
}

// A convolution of `input`, none of whose values is negative, on integers. Where it is exact, both are whole numbers.
static puppet_conv2d integer_call(const puppet_kernels *k, const layer *l, const tensor *input, tensor *output, bool exact) {
    const int lanes = blocks_of(l->inputs) * PUPPET_BLOCK;
    float *per_unit = zeros((size_t)lanes * sizeof(float));
    for (int i = 0; i < lanes; i++) per_unit[i] = exact ? 1 : (float)k->int8_unsigned_levels;
    return call_of(
        l, input, output, l->rows / 2, l->columns / 2,
        integers(l, packed_directly(l), 1, l->rows * l->columns, per_unit, NULL, 0, k->int8_together, exact));
}

static void run_on_integers(const puppet_kernels *k, const puppet_conv2d *call) {
    puppet_conv2d part = *call;
    part.input.row_stride = call->input.width * PUPPET_BLOCK;
    part.input.block_stride = call->input.height * part.input.row_stride;
    uint8_t *bytes = zeros((size_t)(call->input.blocks * part.input.block_stride));
    k->quantise(call->input, call->weights.per_unit, bytes);
    part.integers = bytes;
    run_direct(k, &part);
    free(bytes);
}

static void check_direct(const puppet_kernels *k, int inputs, int outputs, int height, int width, int rows, int columns) {
    layer l = make_layer(inputs, outputs, rows, columns, 0);
    tensor input = random_tensor(inputs, height, width, 3, 0), output = make_tensor(outputs, height, width, 2);
    float *floats = packed_directly(&l);
    const int steps = inputs * rows * columns;
    puppet_conv2d call = call_of(&l, &input, &output, rows / 2, columns / 2, (puppet_weights){PUPPET_FLOAT32, floats, steps, NULL, NULL, NULL});
    run_direct(k, &call);
    report(k, "direct", &l, &input, distance(&l, &input, &output, 1, 0).worst, 2e-6);

    // Weights that halves hold, and the unit that the others are of.
    const ptrdiff_t count = (ptrdiff_t)blocks_of(outputs) * steps * PUPPET_BLOCK;
    _Float16 *halves = zeros((size_t)count * sizeof(_Float16));
    float *unit = zeros((size_t)blocks_of(outputs) * PUPPET_BLOCK * sizeof(float));
    for (int i = 0; i < outputs * steps; i++) l.weights[i] = 2 * (float)(_Float16)l.weights[i];
    floats = packed_directly(&l);
    for (ptrdiff_t i = 0; i < count; i++) halves[i] = (_Float16)(floats[i] / 2);
    for (int i = 0; i < blocks_of(outputs) * PUPPET_BLOCK; i++) unit[i] = 2;
    call.weights = (puppet_weights){PUPPET_FLOAT16, halves, steps, unit, NULL, NULL};
    run_direct(k, &call);
    report(k, "direct, float16", &l, &input, distance(&l, &input, &output, 1, 0).worst, 2e-6);

    // Whole numbers, which integers hold: nothing is rounded, and those below zero are zero.
    layer whole = make_layer(inputs, outputs, rows, columns, 127);
    tensor numbers = random_tensor(inputs, height, width, 3, k->int8_unsigned_levels);
    clear_negatives(&numbers);
    call = integer_call(k, &whole, &numbers, &output, true);
    run_on_integers(k, &call);
    report(k, "direct, int8", &whole, &numbers, distance(&whole, &numbers, &output, 1, 0).worst, 1e-7);
}

static float *scratch_of(const puppet_kernels *k, int positions, int input_vectors, int output_vectors) {
    return zeros((size_t)positions * (size_t)((input_vectors | 1) + (output_vectors * k->group_blocks | 1)) * PUPPET_BLOCK * sizeof(float));
}

#define NEAR 0.70710678118654752
#define FAR 1.41421356237309505

static const double plain_line[6][3] = {
    {1, 0, 0}, {-2.0 / 3, -2.0 / 3 * NEAR, -1.0 / 3}, {-2.0 / 3, 2.0 / 3 * NEAR, -1.0 / 3},
    {1.0 / 6, 1.0 / 6 * FAR, 1.0 / 3}, {1.0 / 6, -1.0 / 6 * FAR, 1.0 / 3}, {0, 0, 1}};
static const double upsampled_line[5][3] = {{1, 0, 0}, {0.5, 0.5, 0.5}, {0, 0.5, 0}, {0.5, 0, -0.5}, {0, 0, 1}};

enum winograd_kind { PLAIN, POOLED, UPSAMPLED };

static void run_winograd(const puppet_kernels *k, const puppet_winograd *call, int tiles) {
    float *scratch = scratch_of(k, 36, call->convolution.input.blocks * tiles, tiles);
    k->winograd_tiles(call, (puppet_range){0, tiles}, (puppet_range){0, call->convolution.output.blocks}, scratch);
    free(scratch);
}

static puppet_winograd winograd_call(
    const puppet_kernels *k, const layer *l, const tensor *input, tensor *output, enum winograd_kind kind, bool on_integers) {
    const int side = kind == UPSAMPLED ? 5 : 6, positions = side * side;
    double matrix[36 * 9];
    for (int p = 0; p < positions; p++)
        for (int r = 0; r < 9; r++)
            matrix[p * 9 + r] = kind == UPSAMPLED ? upsampled_line[p / 5][r / 3] * upsampled_line[p % 5][r % 3]
                                                  : plain_line[p / 6][r / 3] * plain_line[p % 6][r % 3];
    float *floats = packed(l, positions, matrix, 3);
    puppet_winograd call = {
        .convolution = call_of(l, input, output, 1, 1, (puppet_weights){PUPPET_FLOAT32, floats, l->inputs, NULL, NULL, NULL}),
        .upsampled = kind == UPSAMPLED,
        .pooled = kind == POOLED,
    };
    call.convolution.kernel_height = call.convolution.kernel_width = 1;
    call.convolution.relu = kind == POOLED;
    if (!on_integers) return call;

    const int lanes = input->view.blocks * PUPPET_BLOCK, input_positions = kind == UPSAMPLED ? 16 : 36;
    const int tiles = input->view.height * input->view.width / (kind == UPSAMPLED ? 4 : 16);
    float *ranges = zeros((size_t)(input_positions * lanes) * sizeof(float));
    k->winograd_ranges(&call, (puppet_range){0, tiles}, ranges);
    int sources[36];
    for (int p = 0; p < positions; p++)
        sources[p] = kind == UPSAMPLED ? 4 * (p / 5 - (p / 5 > 2)) + p % 5 - (p % 5 > 2) : p;
    for (int p = 0; p < input_positions; p++) {
        float largest = 1e-6f;
        for (int i = 0; i < lanes; i++) largest = fmaxf(largest, ranges[p * lanes + i]);
        for (int i = 0; i < lanes; i++) ranges[p * lanes + i] = (float)k->int8_levels / largest;
    }
    call.convolution.weights = integers(l, floats, positions, 1, ranges, sources, k->int8_zero, k->int8_together, false);
    return call;
}

static void check_winograd(const puppet_kernels *k, int inputs, int outputs, int height, int width, enum winograd_kind kind) {
    static const char *const names[2][3] = {{"winograd", "winograd, pooled", "winograd, upsampled"},
                                            {"winograd, int8", "winograd, pooled, int8", "winograd, upsampled, int8"}};
    layer l = make_layer(inputs, outputs, 3, 3, 0);
    const int scale = kind == UPSAMPLED ? 2 : 1, part = kind == POOLED ? 2 : 1;
    tensor input = random_tensor(inputs, height / scale, width / scale, 1, 0);
    tensor output = make_tensor(outputs, height / part, width / part, 2);
    for (int on_integers = 0; on_integers < 2; on_integers++) {
        const puppet_winograd call = winograd_call(k, &l, &input, &output, kind, on_integers);
        run_winograd(k, &call, height * width / 16);
        const difference d = distance(&l, &input, &output, scale, kind == POOLED);
        // 25 dB, and 6 less where there are half as many levels.
        const double allowed = !on_integers ? 8e-6 : k->int8_levels == 127 ? 0.056 : 0.112;
        report(k, names[on_integers][kind], &l, &input, on_integers ? d.noise : d.worst, allowed);
    }
}

static const double tall_points[9] = {0, 0.75, -0.75, 4.0 / 3, -4.0 / 3, 0.375, -0.375, 8.0 / 3, -8.0 / 3};

static void tall_matrix(double *matrix) {
    for (int p = 0; p < 9; p++) {
        double scale = 1;
        for (int q = 0; q < 9; q++) scale *= q == p ? 1 : tall_points[p] - tall_points[q];
        for (int r = 0; r < 7; r++) matrix[p * 7 + r] = r == 0 ? 1 / scale : matrix[p * 7 + r - 1] * tall_points[p];
    }
    for (int r = 0; r < 7; r++) matrix[9 * 7 + r] = r == 6;
}

static puppet_conv2d tall_call(const layer *l, const tensor *input, tensor *output) {
    double matrix[10 * 7];
    tall_matrix(matrix);
    const puppet_weights weights = {PUPPET_FLOAT32, packed(l, 10, matrix, 1), l->inputs * l->columns, NULL, NULL, NULL};
    return call_of(l, input, output, 3, l->columns / 2, weights);
}

static void run_tall(const puppet_kernels *k, const puppet_conv2d *call) {
    float *scratch = scratch_of(k, 10, call->input.blocks * call->input.width, call->output.width);
    for (int row = 0; row < call->output.height; row += 4) k->tall_conv2d_rows(call, row, (puppet_range){0, call->output.width}, scratch);
    free(scratch);
}

static puppet_conv2d square_call(const layer *l, const tensor *input, tensor *output) {
    double line[10 * 7], matrix[100 * 49];
    tall_matrix(line);
    for (int p = 0; p < 100; p++)
        for (int r = 0; r < 49; r++) matrix[p * 49 + r] = line[p / 10 * 7 + r / 7] * line[p % 10 * 7 + r % 7];
    const puppet_weights weights = {PUPPET_FLOAT32, packed(l, 100, matrix, 7), l->inputs, NULL, NULL, NULL};
    puppet_conv2d call = call_of(l, input, output, 3, 3, weights);
    call.kernel_height = call.kernel_width = 1;
    return call;
}

static void run_square(const puppet_kernels *k, const puppet_conv2d *call) {
    const int tiles = (call->output.width + 3) / 4;
    float *scratch = zeros(
        (size_t)(100 * ((call->input.blocks * tiles | 1) + (k->group_blocks * tiles | 1)) + 10 * (4 * tiles + 6 | 1)) * PUPPET_BLOCK * sizeof(float));
    for (int row = 0; row < call->output.height; row += 4) k->square_conv2d_tiles(call, row, (puppet_range){0, tiles}, scratch);
    free(scratch);
}

static void check_square(const puppet_kernels *k, int inputs, int outputs, int height, int width) {
    layer l = make_layer(inputs, outputs, 7, 7, 0);
    tensor input = random_tensor(inputs, height, width, 3, 0), output = make_tensor(outputs, height, width, 2);
    const puppet_conv2d call = square_call(&l, &input, &output);
    run_square(k, &call);
    report(k, "F(4, 7) twice", &l, &input, distance(&l, &input, &output, 1, 0).worst, 1.25e-4);
}

static void check_tall(const puppet_kernels *k, int inputs, int outputs, int height, int width, int columns) {
    layer l = make_layer(inputs, outputs, 7, columns, 0);
    tensor input = random_tensor(inputs, height, width, 3, 0), output = make_tensor(outputs, height, width, 2);
    const puppet_conv2d call = tall_call(&l, &input, &output);
    run_tall(k, &call);
    // It rounds four times as much as a direct convolution, which has seven times as many rows as the others here.
    report(k, "F(4, 7)", &l, &input, distance(&l, &input, &output, 1, 0).worst, 2e-5);
}

static void check(const puppet_kernels *k) {
    static const int sizes[][2] = {{1, 1}, {2, 3}, {4, 6}, {5, 7}, {8, 8}, {3, 13}, {6, 14}, {2, 29}};
    static const int channels[][2] = {{1, 1}, {3, 16}, {17, 33}, {32, 48}};
    int count = 0;
    for (size_t s = 0; s < COUNT(sizes); s++) {
        for (size_t c = 0; c < COUNT(channels); c++) {
            for (int side = 1; side <= 3; side += 2, count += 3)
                check_direct(k, channels[c][0], channels[c][1], sizes[s][0], sizes[s][1], side, side);
            for (int columns = 1; columns <= 7; columns += 6, count++)
                check_tall(k, channels[c][0], channels[c][1], sizes[s][0], sizes[s][1], columns);
            check_square(k, channels[c][0], channels[c][1], sizes[s][0], sizes[s][1]);
            count++;
        }
    }
    static const int tiled[][2] = {{4, 4}, {4, 60}, {16, 16}, {8, 28}};
    for (size_t s = 0; s < COUNT(tiled); s++)
        for (size_t c = 0; c < COUNT(channels); c++)
            for (int kind = PLAIN; kind <= UPSAMPLED; kind++, count += 2)
                check_winograd(k, channels[c][0], channels[c][1], tiled[s][0], tiled[s][1], kind);
    if (failures == 0) printf("ok %s: %d convolutions\n", k->name, count);
}

// ---- A frame

typedef struct {
    int inputs, outputs, side;  // of the result, before pooling
    enum { DIRECT_3, WINOGRAD, WINOGRAD_POOLED, WINOGRAD_UPSAMPLED, SQUARE, TALL } method;
    int times;
    bool may_be_int8;
} frame_layer;

// The default model's, which take nine tenths of its time. Of the two hourglasses' last blocks one is in int8.
static const frame_layer frame[] = {
    {64, 128, 32, WINOGRAD_POOLED, 2, false}, {128, 256, 16, WINOGRAD_POOLED, 2, false}, {256, 256, 8, DIRECT_3, 2, true},
    {512, 128, 16, WINOGRAD_UPSAMPLED, 2, true}, {256, 64, 32, WINOGRAD_UPSAMPLED, 1, true},
    {256, 64, 32, WINOGRAD_UPSAMPLED, 1, false}, {128, 32, 64, WINOGRAD_UPSAMPLED, 1, true},
    {128, 32, 64, WINOGRAD_UPSAMPLED, 1, false}, {92, 64, 64, WINOGRAD_POOLED, 1, false}, {35, 110, 58, SQUARE, 1, false},
    {124, 24, 64, SQUARE, 1, false}, {128, 128, 64, WINOGRAD, 6, true}, {128, 64, 128, WINOGRAD_UPSAMPLED, 1, true},
    {64, 32, 256, WINOGRAD_UPSAMPLED, 1, true}, {32, 28, 256, TALL, 1, true},
};

static void run_frame(const puppet_kernels *k, bool on_integers, int turns) {
    double multiply_adds = 0;
    for (size_t i = 0; i < COUNT(frame); i++) {
        const frame_layer f = frame[i];
        const bool is_upsampled = f.method == WINOGRAD_UPSAMPLED;
        const int rows = f.method >= SQUARE ? 7 : 3, columns = f.method == TALL ? 1 : rows, part = f.method == WINOGRAD_POOLED ? 2 : 1;
        const int input_side = f.side / (is_upsampled ? 2 : 1), times = turns * f.times;
        layer l = make_layer(f.inputs, f.outputs, rows, columns, 0);
        tensor input = random_tensor(f.inputs, input_side, input_side, 3, 0);
        tensor output = make_tensor(f.outputs, f.side / part, f.side / part, 0);
        const bool integers_here = on_integers && f.may_be_int8;
        if (integers_here && (f.method == DIRECT_3 || f.method == TALL)) {
            clear_negatives(&input);
            const puppet_conv2d call = integer_call(k, &l, &input, &output, false);
            for (int time = 0; time < times; time++) run_on_integers(k, &call);
        } else if (f.method == DIRECT_3) {
            const puppet_weights weights = {PUPPET_FLOAT32, packed_directly(&l), f.inputs * 9, NULL, NULL, NULL};
            const puppet_conv2d call = call_of(&l, &input, &output, 1, 1, weights);
            for (int time = 0; time < times; time++) run_direct(k, &call);
        } else if (f.method == SQUARE) {
            const puppet_conv2d call = square_call(&l, &input, &output);
            for (int time = 0; time < times; time++) run_square(k, &call);
        } else if (f.method == TALL) {
            const puppet_conv2d call = tall_call(&l, &input, &output);
            for (int time = 0; time < times; time++) run_tall(k, &call);
        } else {
            const enum winograd_kind kind = is_upsampled ? UPSAMPLED : f.method == WINOGRAD ? PLAIN : POOLED;
            const puppet_winograd call = winograd_call(k, &l, &input, &output, kind, integers_here);
            for (int time = 0; time < times; time++) run_winograd(k, &call, f.side * f.side / 16);
        }
        multiply_adds += (double)f.times * f.inputs * f.outputs * rows * columns * f.side * f.side;
    }
    printf("%.2f\n", multiply_adds / 1e9);
}

int main(int argc, char **argv) {
    static const char *const all[] = {"avx2", "avxvnni", "avx512", "avx512vnni", "neon", "neondot", "neoni8mm"};
    if (argc > 2 && strcmp(argv[1], "--frame") == 0) {
        const puppet_kernels *k = puppet_kernels_named(argv[2]);
        if (!k) return 2;
        run_frame(k, argc > 4, argc > 3 ? atoi(argv[3]) : 1);
        return 0;
    }
    int found = 0;
    for (int i = 1; i < (argc > 1 ? argc : (int)COUNT(all) + 1); i++) {
        const puppet_kernels *k = puppet_kernels_named(argc > 1 ? argv[i] : all[i - 1]);
        if (!k && argc > 1) printf("not ok %s: this CPU does not have it\n", argv[i]);
        if (!k) continue;
        found++;
        check(k);
    }
    return failures > 0 || found < argc - 1;
}
