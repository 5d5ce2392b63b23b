// Convolution with a kernel of 7 rows by Toom and Cook's F(4, 7), Winograd's in one dimension, down the columns: 10
// products for 4 output rows instead of 28, for each column of the kernel.
//
// 4 output rows depend on 10 input rows. B' turns those into 10 others, of which each is convolved with a kernel one row
// high: row i of G g, made when the weights are packed. A' turns the 10 results into the 4 output rows.
//
// The points are 0, infinity and four pairs +-p. They were chosen for rounding: squares whose product is 1, apart from one
// another, so that it grows by 4 only. (Whole numbers and halves, as in Winograd's small transforms, make it grow by 13.)
// With q = p^2, a row of B' is x times the product of (x^2 - q) over all other pairs, times (x +- p); what is even and odd
// in x is shared by the pair.
#pragma once
#include "positions.h"

#define TALL_TAPS 7
#define TALL_ROWS 4
#define TALL_POSITIONS (TALL_ROWS + TALL_TAPS - 1)

static const double tall_points[4] = {3.0 / 4, 4.0 / 3, 3.0 / 8, 8.0 / 3};

// Positions: the point 0, then +p and -p of each pair, then infinity.
INLINE void tall_input_column(const v16 *d, v16 *out) {
    double q[4];
#pragma clang loop unroll(full)
    for (int i = 0; i < 4; i++) q[i] = tall_points[i] * tall_points[i];
    const float sum = (float)(q[0] + q[1] + q[2] + q[3]);
    const float pairs = (float)((q[0] + q[1]) * (q[2] + q[3]) + q[0] * q[1] + q[2] * q[3]);
    const float triples = (float)(q[0] * q[1] * (q[2] + q[3]) + (q[0] + q[1]) * q[2] * q[3]);
    const float all = (float)(q[0] * q[1] * q[2] * q[3]);
    out[0] = all * d[0] - triples * d[2] + pairs * d[4] - sum * d[6] + d[8];
    out[9] = all * d[1] - triples * d[3] + pairs * d[5] - sum * d[7] + d[9];
#pragma clang loop unroll(full)
    for (int i = 0; i < 4; i++) {
        const double a = q[(i + 1) % 4], b = q[(i + 2) % 4], c = q[(i + 3) % 4];
        const float p = (float)tall_points[i];
        const float e1 = (float)(a + b + c), e2 = (float)(a * b + a * c + b * c), e3 = (float)(a * b * c);
        const v16 even = d[8] - e1 * d[6] + e2 * d[4] - e3 * d[2];
        const v16 odd = p * (d[7] - e1 * d[5] + e2 * d[3] - e3 * d[1]);
        out[1 + 2 * i] = even + odd;
        out[2 + 2 * i] = even - odd;
    }
}

INLINE void tall_output_column(const v16 *m, v16 *out) {
    out[0] = m[0];
    out[1] = out[2] = (v16){};
    out[3] = m[9];
#pragma clang loop unroll(full)
    for (int i = 0; i < 4; i++) {
        const double p = tall_points[i];
        const v16 sum = m[1 + 2 * i] + m[2 + 2 * i], difference = m[1 + 2 * i] - m[2 + 2 * i];
        out[0] += sum;
        out[1] += (float)p * difference;
        out[2] += (float)(p * p) * sum;
        out[3] += (float)(p * p * p) * difference;
    }
}

// V: [10][input blocks][columns][16], of the input columns `columns`. The last rows of the last tile lie outside the image
// where its height is no multiple of 4: nothing that is stored depends on them.
static void tall_input(const puppet_conv2d *p, int32_t row, puppet_range columns, float *v) {
    const ptrdiff_t stride = position_stride((ptrdiff_t)p->input.blocks * columns.count);
    const int32_t rows_left = p->input.height - row;
    const int rows = rows_left < TALL_POSITIONS ? rows_left : TALL_POSITIONS;
    for (int32_t block = 0; block < p->input.blocks; block++) {
        const float *top = pixel_at(&p->input, block, row, columns.first);
        for (int32_t x = 0; x < columns.count; x++) {
            v16 d[TALL_POSITIONS] = {}, out[TALL_POSITIONS];
            for (int y = 0; y < rows; y++) d[y] = load16(top + y * p->input.row_stride + x * PUPPET_BLOCK);
            tall_input_column(d, out);
            for (int y = 0; y < TALL_POSITIONS; y++)
                store16(v + y * stride + ((ptrdiff_t)block * columns.count + x) * PUPPET_BLOCK, out[y]);
        }
    }
}

// M: [10][TILE_BLOCKS][columns][16], of the output columns `columns` of the output blocks `blocks`.
static void tall_output(
    const puppet_conv2d *p, puppet_range blocks, int32_t row, puppet_range columns, const float *m) {
    const ptrdiff_t stride = position_stride((ptrdiff_t)TILE_BLOCKS * columns.count);
    const int rows = p->output.height - row < TALL_ROWS ? p->output.height - row : TALL_ROWS;
    for (int32_t b = 0; b < blocks.count; b++) {
        for (int32_t x = 0; x < columns.count; x++) {
            v16 column[TALL_POSITIONS], out[TALL_ROWS];
            for (int y = 0; y < TALL_POSITIONS; y++)
                column[y] = load16(m + y * stride + ((ptrdiff_t)b * columns.count + x) * PUPPET_BLOCK);
            tall_output_column(column, out);
            for (int y = 0; y < rows; y++)
                finish_pixel(
                    p, blocks.first + b,
                    (row + y) * p->output.row_stride + (columns.first + x) * p->output_pixel_stride, out[y]);
        }
    }
}

static void tall_conv2d_rows(const puppet_conv2d *p, int32_t row, puppet_range columns, float *scratch) {
    const puppet_range read = {columns.first, columns.count + p->kernel_width - 1};
    const ptrdiff_t v_stride = position_stride((ptrdiff_t)p->input.blocks * read.count);
    const ptrdiff_t m_stride = position_stride((ptrdiff_t)TILE_BLOCKS * columns.count);
    float *const v = scratch, *const m = v + TALL_POSITIONS * v_stride;
    tall_input(p, row, read, v);
    for (int32_t block = 0; block < p->output.blocks; block += TILE_BLOCKS) {
        const puppet_range blocks = blocks_together(block, p->output.blocks);
        for (int position = 0; position < TALL_POSITIONS; position++)
            multiply_position(
                p, position, blocks, columns.count, v + position * v_stride, v + (position + 1) % TALL_POSITIONS * v_stride,
                m + position * m_stride);
        tall_output(p, blocks, row, columns, m);
    }
}
