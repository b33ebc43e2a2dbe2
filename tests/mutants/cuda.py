"""Mutants of v360batch_cuda, and the tests on softcuda that find each."""

L = "libavfilter-src/"


def tests(*names):
    return ["tests/cuda/run-tests " + " ".join(names)]


MUTANTS = [
    ("G1", L + "v360batch/cuda/memory.c",
     "    slot->busy = 1;\n    return ret;", "    slot->busy = 1;\n    return 0;",
     "an error of cuEventRecord is ignored", tests("faults_sweep")),
    ("G2", L + "v360batch/cuda/memory.c",
     "        CHECK_CU(s->cu->cuEventDestroy(slot->copied));\n        goto fail;",
     "        goto fail;",
     "an event leaks where pinned memory fails", tests("faults_sweep")),
    ("G3", L + "v360batch/cuda/memory.c",
     "            if (err == CUDA_ERROR_NOT_READY)\n                continue;",
     "            if (err == CUDA_ERROR_NOT_READY)\n                ;\n            else",
     "the event of a pinned slot is not waited for", tests("equal_modes")),
    ("G4", L + "v360batch/cuda/memory.c",
     "cuMemcpyHtoDAsync(dst, src, size, s->hwctx->stream)",
     "cuMemcpyHtoDAsync(dst, src, size, (CUstream)2)",
     "uploads on another stream", tests("equal_batches")),
    ("G5", L + "v360batch/cuda/batch.c",
     "        s->batch = nb_frames / 2;\n", "        s->batch = nb_frames;\n",
     "out of memory: the batch is not made smaller", tests("faults_shrink")),
    ("G6", L + "v360batch/cuda/batch.c",
     "    ret = fill_table(ctx, out, nb_frames);\n    if (ret < 0)\n        return ret;",
     "    ret = fill_table(ctx, out, nb_frames);\n    if (ret < 0)\n        return ret;\n"
     "    for (int i = 0; i < nb_frames; i++)\n        av_frame_unref(s->queue[i]);",
     "queued frames are given back before the launch",
     tests("nvdec_bytes", "nvdec_surfaces")),
    ("G7", L + "v360batch/cuda/grid.c",
     "if (s->grids[i].id == id && (!size || s->grids[i].mem.size == size))",
     "if (s->grids[i].id == id)",
     "a grid goes into memory of another size", tests("grids_of_two_sizes")),
    ("G8", L + "v360batch/cuda/frame.c",
     "           a->hw_frames_ctx->data == b->hw_frames_ctx->data &&\n", "",
     "frames of two pools in one batch", tests("frames_of_two_pools")),
    ("G9", L + "v360batch/cuda/frame.c",
     "            (int64_t)in->linesize[i] * in->height <= INT32_MAX)", "            1)",
     "planes of more than 2 GiB are taken", tests("large_planes")),
    ("G10", L + "v360batch/cuda/size.c",
     "#define MAX_AUTO_BATCH 2\n", "#define MAX_AUTO_BATCH 16\n",
     "encoders work one after another", tests("pace_of_encoders")),
]
