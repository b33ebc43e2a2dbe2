# Included by libavfilter/Makefile: the objects of the filters, so that a new
# object needs no new patch.

V360BATCH_OBJS := $(addsuffix .o, v360batch v360batch_props v360batch_source     \
    v360batchdsp v360border v360chunk v360chunk_touch v360exif v360format       \
    v360grid v360kernel v360point v360projection v360projection_cube            \
    v360projection_cylinder v360projection_eac v360projection_fov               \
    v360projection_misc v360projection_parts v360projection_radial v360rig      \
    v360rig_preset v360rig_text v360unit)
V360BATCH_X86_OBJS := $(addprefix x86/v360, batchdsp.o batchdsp_init.o          \
    cube16_avx512.o cube_avx2.o cube_avx512.o grid.o grid_init.o inside_cube.o  \
    line_avx2.o line_avx512.o near.o single_cube.o single_line.o)

OBJS-$(CONFIG_V360BATCH_FILTER) += vf_v360batch.o v360tile.o $(V360BATCH_OBJS)
X86ASM-OBJS-$(CONFIG_V360BATCH_FILTER)      += $(V360BATCH_X86_OBJS)
X86ASM-OBJS-$(CONFIG_V360BATCH_CUDA_FILTER) += $(V360BATCH_X86_OBJS)

OBJS-$(CONFIG_V360BATCH_CUDA_FILTER) += vf_v360batch_cuda.o                   \
                                        vf_v360batch_cuda.ptx.o               \
                                        v360batch_cuda_batch.o                \
                                        v360batch_cuda_frame.o                \
                                        v360batch_cuda_grid.o                 \
                                        v360batch_cuda_memory.o               \
                                        v360batch_cuda_setup.o                \
                                        cuda/load_helper.o $(V360BATCH_OBJS)

# PTX for Pascal: FFmpeg's default for clang, sm_30, lacks loads that bypass
# the coherent cache. NVIDIA's nvcc starts later than that by itself.
$(SUBDIR)vf_v360batch_cuda.ptx:                                               \
    $(addprefix $(SRC_PATH)/libavfilter/v360batch_cuda_,border.h launch.h     \
                sample.h table.h)
$(SUBDIR)vf_v360batch_cuda.ptx: NVCCFLAGS :=                                  \
    $(patsubst --cuda-gpu-arch=sm_3%,--cuda-gpu-arch=sm_60,$(NVCCFLAGS))

# The default build compiles FFmpeg with -O2. Our files get FFmpeg's usual -O3
# all the same, and so does v360, which bench compares them with.
V360BATCH_CFLAGS := $(if $(filter -O2,$(CFLAGS)),-O3)
$(SUBDIR)v360%.o $(SUBDIR)vf_v360.o $(SUBDIR)vf_v360%.o: CFLAGS += $(V360BATCH_CFLAGS)

# FFmpeg turns this off; here are loops over 64 integers made for it.
$(SUBDIR)v360unit.o: CFLAGS += -ftree-vectorize

# Every test program that is there, libavfilter/tests/v360*.c.
TESTPROGS-$(CONFIG_V360BATCH_FILTER) +=                                       \
    $(patsubst $(SRC_PATH)/libavfilter/tests/%.c,%,                           \
               $(wildcard $(SRC_PATH)/libavfilter/tests/v360*.c))

# Headers that only a device's compiler, or only a build for CUDA, can take.
SKIPHEADERS += v360batch_cuda_border.h v360batch_cuda_sample.h                \
               v360batch_cuda_table.h
SKIPHEADERS-$(CONFIG_V360BATCH_CUDA_FILTER) += v360batch_cuda.h               \
                                               v360batch_cuda_launch.h

# The tool about rigs, of several objects, for programs with images. Its JSON
# is cJSON's: without that library the commands that need it say so.
TOOLS-$(and $(CONFIG_V360BATCH_FILTER),$(CONFIG_AVFORMAT),$(CONFIG_SWSCALE))  \
    += v360rig
V360RIG_WITH     := tools/v360rig_json.o tools/v360rig_page.o
V360RIG_WITHOUT  := tools/v360rig_nojson.o
# The objects of rigs and projections are linked as such, for a shared
# libavfilter hides what is in them.
V360RIG_PARTS    := $(filter v360rig% v360projection%,                        \
                        $(OBJS-$(CONFIG_V360BATCH_FILTER)))
V360RIG_OBJS     := $(filter-out $(V360RIG_WITH) $(V360RIG_WITHOUT),          \
                        $(patsubst $(SRC_PATH)/%.c,%.o,                       \
                            $(wildcard $(SRC_PATH)/tools/v360rig_*.c)))
ifdef CONFIG_LIBCJSON
V360RIG_OBJS     += $(V360RIG_WITH) tools/v360rig_page.html.o
else
V360RIG_OBJS     += $(V360RIG_WITHOUT)
endif
$(V360RIG_OBJS): | tools
tools/v360rig_page.html.c: $(SRC_PATH)/tools/v360rig_page.html $(BIN2CEXE) | tools
	$(RUN_BIN2C)
tools/v360rig$(EXESUF): $(V360RIG_OBJS) $(V360RIG_PARTS:%=libavfilter/%)      \
                        $(FF_DEP_LIBS)
tools/v360rig$(EXESUF): ELIBS = $(FF_EXTRALIBS)

# The tool of split360. It ends the ffmpeg that it has started by prctl(), so
# that it is one for Linux.
TOOLS-$(and $(CONFIG_V360BATCH_FILTER),$(CONFIG_AVFORMAT),$(CONFIG_LIBCJSON),$(HAVE_PRCTL)) \
    += v360job
V360JOB_OBJS := $(patsubst $(SRC_PATH)/%.c,%.o,                               \
                    $(wildcard $(SRC_PATH)/tools/v360job_*.c))
$(V360JOB_OBJS): | tools
tools/v360job$(EXESUF): $(V360JOB_OBJS) $(FF_DEP_LIBS)
tools/v360job$(EXESUF): ELIBS = $(FF_EXTRALIBS)
