/// The operations of the First Order Motion Model as C kernels: one header, one table per instruction set.
///
/// Every source in template/ is compiled once per folder (portable/, avx2/, avxvnni/, avx512/, avx512vnni/) with that folder's target
/// attributes and tile sizes, and ends up in one `puppet_kernels` table. Dispatch, tests and benchmarks all go through
/// these tables; a variant that is in no table does not exist. Kernels neither allocate nor fail nor lock: whoever
/// calls them has checked the shapes, and splits rows between threads.
///
/// Layout. A tensor is channel-blocked: `[blocks][height + 2 halo][width + 2 halo][16]` float32, 64-byte aligned. Its
/// halo, and the lanes of a last block that hold no channel, are always 0, so that padding costs nothing and a
/// convolution needs no border case. Pointers named `data`, `input`, `output` point at the pixel (0, 0) of block 0,
/// inside the halo; strides count floats.
#ifndef CFOMMKERNELS_H
#define CFOMMKERNELS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define PUPPET_BLOCK 16

#if defined(__clang__)
#pragma clang assume_nonnull begin
#endif

/// How a convolution is computed on 8-bit integers: a value v is stored as the unsigned integer `v * per_unit + zero`,
/// rounded, where `zero` is `int8_levels + 1` and everything further than `int8_levels` from it is clamped; weights are
/// signed. For a transformed convolution there is one of everything for each position of the transform.
typedef struct {
    const float *per_unit;      ///< `[positions of the input's transform][input_blocks][16]`
    const int8_t *weights;      ///< `[positions][output_blocks][input_blocks][ky][kx][4][16][4]`: output channel, input channel
    const int32_t *first_sum;   ///< `[positions][output_blocks][16]`: minus `zero` times the sum of the weights
    const float *unit;          ///< `[positions][output_blocks][16]`: what 1 in a sum stands for
    /// The input as integers, in the layout of `puppet_conv2d.input`, or NULL where the convolution is transformed and
    /// they are made on the way.
    const uint8_t *_Nullable input;
} puppet_int8;

/// A 2-D convolution of stride 1 and what is done to its sums while they are still in registers:
/// `v = sum + bias (+ residual)`, `output = relu ? max(v, 0) : v`, and where `activated` is set also
/// `activated = max(v * scale + shift, 0)`, the pre-activation of the layer that comes next.
typedef struct {
    const float *input;             ///< the first tap of output pixel (0, 0); may lie in the halo
    ptrdiff_t input_block_stride;
    ptrdiff_t input_row_stride;
    const int32_t *block_channels;  ///< `[input_blocks]` channels in use per input block, 1...16
    int32_t input_blocks;
    int32_t kernel_height;
    int32_t kernel_width;
    /// `[output_blocks][taps][16]`; a tap is (input block, ky, kx, channel in use). NULL with
    /// `half_weights` and with `int8`.
    const float *_Nullable weights;
    const void *_Nullable half_weights;  ///< the same as IEEE binary16, not for a transformed convolution
    const float *_Nullable unit;    ///< `[output_blocks][16]`, with `half_weights`: what 1 in a sum stands for
    ptrdiff_t taps;
    const float *bias;              ///< `[output_blocks][16]`
    float *output;
    ptrdiff_t output_block_stride;
    ptrdiff_t output_row_stride;
    ptrdiff_t output_pixel_stride;  ///< 16, or 32 where every second pixel is written
    int32_t output_blocks;
    int32_t height;                 ///< output rows
    int32_t width;                  ///< output pixels a row
    bool relu;
    const float *_Nullable residual;  ///< strides of `output`
    float *_Nullable activated;       ///< strides of `output`
    const float *_Nullable scale;     ///< `[output_blocks][16]`, with `activated`
    const float *_Nullable shift;     ///< `[output_blocks][16]`, with `activated`
    const puppet_int8 *_Nullable int8;  ///< where set, instead of `weights`
} puppet_conv2d;

/// A 3x3 convolution for Winograd's F(4x4, 3x3).
typedef struct {
    /// Height and width, of the convolution's result, are multiples of 4. `weights` are transformed, `[positions][output
    /// blocks][taps][16]`, where a tap is an input channel; 36 positions, 25 where the input is upsampled.
    puppet_conv2d convolution;
    /// The input is half as high and wide; what is convolved is each of its pixels as 2x2 pixels.
    bool upsampled;
    /// The output is half as high and wide: the mean of 2x2 pixels. No residual, no pre-activation.
    bool pooled;
    /// Which tiles of 4x4 output pixels there are to compute, counted along the rows, each once; NULL for all of them.
    const int32_t *_Nullable tiles;
} puppet_winograd;

/// Coordinates of a grid sample are in -1...1; whether -1 is the centre of the first pixel (true) or its outer edge.
typedef struct {
    float scale_x, offset_x, scale_y, offset_y;  ///< pixel = coordinate * scale + offset
} puppet_unnormalise;

/// Sparse motion of the background (0) and of every keypoint: driving grid -> source grid, `z -> matrix z + offset`.
typedef struct {
    float xx, xy, yx, yy;
    float x, y;
} puppet_affine;

typedef struct {
    const char *name;  ///< as for `puppet_kernels_named`
    /// Output blocks that one call of `conv2d_rows` computes together; 0 where the variant has no such kernel.
    int32_t group_blocks;
    /// How far an integer can be from zero, in a convolution on 8-bit integers; 0 where the variant has none.
    int32_t int8_levels;
    /// Whether the CPU has an instruction for such convolutions, so that they are faster than float32.
    bool int8_is_fast;

    /// Output rows `first_row ..< first_row + row_count` of the output blocks of `group`.
    void (*_Nullable conv2d_rows)(const puppet_conv2d *convolution, int32_t group, int32_t first_row, int32_t row_count);

    /// `[blocks][rows][width][16]` integers from as many floats; see `puppet_int8`. Present where `conv2d_rows` is.
    void (*_Nullable quantise_rows)(
        const float *input, ptrdiff_t input_block_stride, ptrdiff_t input_row_stride, int32_t blocks, int32_t rows,
        int32_t width, const float *per_unit, uint8_t *output);

    /// Raises `ranges [blocks][16]` to the largest magnitude of every channel. Present where `conv2d_rows` is.
    void (*_Nullable channel_ranges)(
        const float *input, ptrdiff_t input_block_stride, ptrdiff_t input_row_stride, int32_t blocks, int32_t rows,
        int32_t width, float *ranges);

    /// A 3x3 convolution by Winograd's F(4x4, 3x3), for the tiles at the places `first_tile ..< first_tile + tile_count`
    /// of `tiles`, or for those tiles themselves where `tiles` is NULL, and the output blocks `first_block ..<
    /// first_block + block_count`, where `first_block` is a multiple of `group_blocks`. What a tile becomes does not
    /// depend on which others are computed with it. `scratch`, 64-byte aligned, holds 36 vectors of 16 floats for each of
    /// `(input_blocks * tile_count | 1) + (group_blocks * tile_count | 1)`. Present where `conv2d_rows` is.
    void (*_Nullable winograd_tiles)(
        const puppet_winograd *convolution, int32_t first_tile, int32_t tile_count, int32_t first_block,
        int32_t block_count, float *scratch);

    /// Raises `ranges [positions][input_blocks][16]` to the largest magnitude that the transformed input of `winograd_tiles`
    /// has anywhere in the tiles at the places `first_tile ..< first_tile + tile_count`. Present where `conv2d_rows` is.
    void (*_Nullable winograd_ranges)(
        const puppet_winograd *convolution, int32_t first_tile, int32_t tile_count, float *ranges);

    /// A convolution with 7 rows of kernel by F(4, 7), for the 4 output rows from `row` on (fewer at the end of the image)
    /// and `width` output columns from `first_column` on. `weights` are transformed, `[10][output blocks][taps][16]`, a
    /// tap is (input block, kx, channel in use). `scratch`, 64-byte aligned, holds 10 vectors of 16 floats for each of
    /// `(input_blocks * (width + kernel_width - 1) | 1) + (group_blocks * width | 1)`. Present where `conv2d_rows` is.
    void (*_Nullable tall_conv2d_rows)(
        const puppet_conv2d *convolution, int32_t row, int32_t first_column, int32_t width, float *scratch);

    /// `patches[pixel_count][taps]`: what output pixels `first_pixel ..< first_pixel + pixel_count`, counted along the
    /// rows, see, for a matrix product. Present where `conv2d_rows` is not.
    void (*_Nullable im2col_pixels)(
        const puppet_conv2d *convolution, int32_t first_pixel, int32_t pixel_count, float *patches);

    /// Finishes `sums[pixel_count][16]` of one output block: bias, residual, activation, store. Present where
    /// `conv2d_rows` is not.
    void (*_Nullable finish_pixels)(
        const puppet_conv2d *convolution, int32_t block, int32_t first_pixel, int32_t pixel_count, const float *sums);

    /// Mean of 2x2 pixels; output rows `first_row ..< first_row + row_count` of one block.
    void (*average_pool_rows)(
        const float *input, ptrdiff_t input_row_stride, float *output, ptrdiff_t output_row_stride, int32_t width,
        int32_t first_row, int32_t row_count);

    /// Separable blur with zero padding, then every `step`-th pixel, of one block: `taps` weights, centred.
    /// `scratch` holds `16 * width` floats, width that of the input.
    void (*downsample_rows)(
        const float *input, ptrdiff_t input_row_stride, int32_t height, int32_t width, const float *weights,
        int32_t taps, int32_t step, float *output, ptrdiff_t output_row_stride, int32_t first_row, int32_t row_count,
        float *scratch);

    /// `[blocks][..][16]` -> planar `[channels][height * width]`.
    void (*unpack)(
        const float *input, ptrdiff_t block_stride, ptrdiff_t row_stride, int32_t channels, int32_t height,
        int32_t width, float *output);

    /// Interleaved 8-bit RGB `[height * width][3]` -> channels 0...2 of a block, 0...1.
    void (*load_rgb8)(const uint8_t *input, int32_t height, int32_t width, float *output, ptrdiff_t row_stride);

    /// Planar `[3][count]` in 0...1 -> interleaved 8-bit RGB, rounded to nearest, clamped.
    void (*store_rgb8)(const float *input, ptrdiff_t count, uint8_t *output);

    /// In place: `values[i] = exp((values[i] - max) * scale) / sum`.
    void (*softmax)(float *values, ptrdiff_t count, float scale);

    /// Sum of `a[i] * b[i]`.
    float (*dot)(const float *a, const float *b, ptrdiff_t count);

    /// Mean position under `weights [height][width]` that sum to 1: x from `columns [width]`, y from `rows [height]`.
    void (*weighted_mean)(
        const float *weights, const float *columns, const float *rows, int32_t height, int32_t width, float *x,
        float *y);

    /// `output[i] = exp(-0.5 * (positions[i] - centre)^2 / variance)`.
    void (*gaussian)(const float *positions, ptrdiff_t count, float centre, float variance, float *output);

    /// The hourglass input of the dense motion network: per pixel and per motion n, channels 4n ..< 4n + 4 hold the
    /// heatmap difference and the source's three colours, sampled where motion n says.
    ///
    /// `driving_x [keypoints][width]`, `driving_y [keypoints][height]` and `source_*` are separable Gaussians.
    void (*motion_input_rows)(
        const puppet_affine *motions, int32_t motion_count, const float *columns, const float *rows,
        const float *driving_x, const float *driving_y, const float *source_x, const float *source_y,
        const float *source, ptrdiff_t source_row_stride, puppet_unnormalise unnormalise, int32_t height,
        int32_t width, float *output, ptrdiff_t output_block_stride, ptrdiff_t output_row_stride, int32_t first_row,
        int32_t row_count);

    /// Head logits (channels 0 ..< motion_count: mask, the next one: occlusion) -> planar softmax `mask
    /// [motion_count][height * width]`, `deformation [height * width][2]` = sum of mask times motion, and the sigmoid
    /// `occlusion [height * width]` where asked for. At most 64 channels.
    void (*combine_motion_rows)(
        const float *logits, ptrdiff_t block_stride, ptrdiff_t row_stride, const puppet_affine *motions,
        int32_t motion_count, const float *columns, const float *rows, int32_t height, int32_t width, float *mask,
        float *deformation, float *_Nullable occlusion, int32_t first_row, int32_t row_count);

    /// Samples `input [blocks][height][width]` (halo of at least 1) at `deformation [out_height * out_width][2]`,
    /// bilinear, zero outside, times `occlusion`; stores that and, like `puppet_conv2d.activated`, its pre-activation.
    void (*warp_rows)(
        const float *input, ptrdiff_t input_block_stride, ptrdiff_t input_row_stride, int32_t blocks, int32_t height,
        int32_t width, puppet_unnormalise unnormalise, const float *deformation, const float *_Nullable occlusion,
        int32_t output_width, float *output, float *_Nullable activated, const float *_Nullable scale,
        const float *_Nullable shift, ptrdiff_t output_block_stride, ptrdiff_t output_row_stride, int32_t first_row,
        int32_t row_count);

    /// How much tiles of 4x4 pixels changed, for the tiles `first_tile ..< first_tile + tile_count`, counted along the
    /// rows: `changes[tile]` is the sum of `|fresh - kept|` over a tile's pixels and `blocks`, 0 where all are equal, and
    /// `magnitudes[tile]` that of `|fresh|`.
    void (*tile_changes)(
        const float *fresh, const float *kept, ptrdiff_t block_stride, ptrdiff_t row_stride, int32_t blocks,
        int32_t tiles_across, int32_t first_tile, int32_t tile_count, float *changes, float *magnitudes);

    /// For each of `tiles`, `kept = fresh` and, like `puppet_conv2d.activated`, its pre-activation.
    void (*adopt_tiles)(
        const float *fresh, float *kept, float *activated, const float *scale, const float *shift,
        ptrdiff_t block_stride, ptrdiff_t row_stride, int32_t blocks, int32_t tiles_across, const int32_t *tiles,
        int32_t tile_count);

    /// `[height][width][channels]` -> `[output_height][output_width][channels]`, bilinear, half-pixel centres, clamped.
    void (*resize_bilinear)(
        const float *input, int32_t channels, int32_t height, int32_t width, float *output, int32_t output_height,
        int32_t output_width);

    /// Second half of a convolution split by columns: `output[c][x] = sigmoid(bias[c] + sum over kx of
    /// partial(x + kx)[4 * kx + c])`, for one row and 1...4 channels. `partials` points at the column kernel_width / 2 left
    /// of pixel 0; its blocks are `block_stride` apart. `bias` has 4 values.
    void (*sum_columns_sigmoid)(
        const float *partials, ptrdiff_t block_stride, int32_t kernel_width, int32_t channels, const float *bias,
        int32_t width, float *output, ptrdiff_t output_plane_stride);

    /// IEEE binary16 -> float32. The input need not be aligned.
    void (*expand_float16)(const void *input, ptrdiff_t count, float *output);

    /// Nothing but multiply-adds that do not wait for one another, `rounds` times as many as registers hold sums: the
    /// yardstick for convolutions. - Returns: how many there were. `values`: 16 floats, which come out changed.
    int64_t (*multiply_adds)(int64_t rounds, float *values);
} puppet_kernels;

/// The table of an instruction set, or NULL where this build or this CPU does not have it.
/// Names: "portable", "avx2" (with FMA and F16C), "avxvnni" (that with AVX-VNNI), "avx512" (F, BW, DQ, VL), "avx512vnni"
/// (that with VNNI).
const puppet_kernels *_Nullable puppet_kernels_named(const char *name);

/// Tells the core that the thread is waiting in a loop.
static inline void puppet_pause(void) {
#if defined(__x86_64__)
    __builtin_ia32_pause();
#elif defined(__aarch64__)
    __asm__ volatile("yield");
#endif
}

/// Gives the system the memory that was freed. By itself malloc keeps what lies below something that is in use.
void puppet_release_freed_memory(void);

#if defined(__clang__)
#pragma clang assume_nonnull end
#endif
#endif
