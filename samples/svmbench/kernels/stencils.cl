// SPDX-License-Identifier: MIT

kernel void stencil_2d(global const float *in, global float *out, int width, int height)
{
	int x = get_global_id(0), y = get_global_id(1), here = y * width + x;

	if (x == 0 || y == 0 || x == width - 1 || y == height - 1)
		out[here] = in[here];
	else
		out[here] = 0.5f * in[here] + 0.125f * (in[here - 1] + in[here + 1] +
							in[here - width] + in[here + width]);
}

#define RADIUS 2

kernel void convolution(global const float *in, global float *out, constant float *weights,
			int width, int height)
{
	int x = get_global_id(0), y = get_global_id(1), i, j;
	float sum = 0;

	for (j = -RADIUS; j <= RADIUS; j++) {
		for (i = -RADIUS; i <= RADIUS; i++)
			sum += weights[(j + RADIUS) * (2 * RADIUS + 1) + i + RADIUS] *
			       in[clamp(y + j, 0, height - 1) * width + clamp(x + i, 0, width - 1)];
	}
	out[y * width + x] = sum;
}

/* Heat in a chip: a work-item goes down a column, and keeps the layers around. */
kernel void hotspot_3d(global const float *power, global const float *in, global float *out,
		       int width, int height, int layers)
{
	int x = get_global_id(0), y = get_global_id(1), layer = width * height;
	int here = y * width + x;
	int west = x ? -1 : 0, east = x < width - 1 ? 1 : 0;
	int north = y ? -width : 0, south = y < height - 1 ? width : 0, z;
	float above = in[here], centre = above, below = in[here + layer];

	for (z = 0; z < layers; z++) {
		out[here] = 0.4f * centre + 0.1f * (in[here + west] + in[here + east]) +
			    0.1f * (in[here + north] + in[here + south]) +
			    0.1f * (above + below) + 0.01f * power[here] + 0.001f * 80.0f;
		above = centre;
		centre = below;
		here += layer;
		if (z < layers - 2)
			below = in[here + layer];
	}
}

#define DIRECTIONS 9

constant int lbm_x[DIRECTIONS] = { 0, 1, 0, -1, 0, 1, -1, -1, 1 };
constant int lbm_y[DIRECTIONS] = { 0, 0, 1, 0, -1, 1, 1, -1, -1 };
constant int lbm_back[DIRECTIONS] = { 0, 3, 4, 1, 2, 7, 8, 5, 6 };
constant float lbm_weights[DIRECTIONS] = { 4.0f / 9,  1.0f / 9,	 1.0f / 9,  1.0f / 9, 1.0f / 9,
					   1.0f / 36, 1.0f / 36, 1.0f / 36, 1.0f / 36 };

/* A step of a lattice Boltzmann method, D2Q9: particles move on, and collide or bounce. */
kernel void lbm_step(global const float *in, global float *out, global const uchar *walls,
		     int width, int height)
{
	int x = get_global_id(0), y = get_global_id(1), i;
	int here = y * width + x, cells = width * height;
	float f[DIRECTIONS], density = 0, u = 0, v = 0;

	for (i = 0; i < DIRECTIONS; i++) {
		int from_x = (x - lbm_x[i] + width) % width;
		int from_y = (y - lbm_y[i] + height) % height;

		f[i] = in[i * cells + from_y * width + from_x];
		density += f[i];
		u += f[i] * lbm_x[i];
		v += f[i] * lbm_y[i];
	}
	if (walls[here]) {
		for (i = 0; i < DIRECTIONS; i++)
			out[i * cells + here] = f[lbm_back[i]];
		return;
	}
	u /= density;
	v /= density;
	for (i = 0; i < DIRECTIONS; i++) {
		float along = 3 * (lbm_x[i] * u + lbm_y[i] * v);
		float calm = lbm_weights[i] * density *
			     (1 + along + 0.5f * along * along - 1.5f * (u * u + v * v));

		out[i * cells + here] = f[i] + 0.6f * (calm - f[i]);
	}
}
