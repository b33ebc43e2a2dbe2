# Positions are quantised in double precision and remapping is integers only,
# so that all of these have one reference for all machines.

V360_TEST2 = testsrc2=s=$(1):r=1:d=1,format=$(2)
# Views of more than 8 bits. testsrc2 draws other values on big-endian machines
# there, and noise into unused bits: it draws 8 bits of the same planes. The
# filter gets the machine's byte order, and the references are little-endian.
V360_8BIT = $(firstword $(foreach f,gbrap gbrp gray yuva420p yuva422p          \
                yuva444p yuv420p yuv422p yuv440p yuv444p,                     \
                $(if $(filter $(f)%,$(1)),$(f)))                              \
            $(patsubst p4%,yuv444p,$(patsubst p2%,yuv422p,                    \
                $(patsubst p0%,yuv420p,$(1)))))
V360_SCALE = scale=flags=accurate_rnd+bitexact
V360_TWO   = [a][b];[a]$(V360_SCALE);[b]$(V360_SCALE)
V360_THREE = [a][b][c];[a]$(V360_SCALE);[b]$(V360_SCALE);[c]$(V360_SCALE)
# size, format, options with the views' own graphs
V360_DEEP  = framecrc -lavfi "$(call V360_TEST2,$(1),$(call V360_8BIT,$(2))),$(V360_SCALE),format=$(2:%le=%),v360batch=$(3)" -pix_fmt $(2)
# What the views of a test leave open; FATE passes no argument with a space.
V360_POSE  = yaw=30:pitch=20:roll=10

V360_SOURCES = equirect hequirect flat fisheye dfisheye c3x2 c6x1 c1x6 eac    \
               cylindrical cylindricalea sg mercator ball hammer sinusoidal   \
               pannini tetrahedron octahedron barrel barrelsplit tsp          \
               equisolid og
V360_VIEWS   = $(V360_SOURCES) perspective
V360_INTERPS = near line lagrange9 cube lanc sp16 gauss mitchell
V360_RIGS    = ring8 ring5@-20 cube6 colmap12 colmap4 nerfstudio8             \
               nerfstudio14 dome16 dome17 dense17 fibonacci24
V360_CHROMA  = left center topleft top bottomleft bottom
V360_FORMATS = yuv410p yuv411p yuv420p yuv422p yuv440p yuv444p                \
               yuvj411p yuvj420p yuvj422p yuvj440p yuvj444p                   \
               yuv420p9le yuv420p10le yuv420p12le yuv420p14le yuv420p16le     \
               yuv422p9le yuv422p10le yuv422p12le yuv422p14le yuv422p16le     \
               yuv440p10le yuv440p12le                                        \
               yuv444p9le yuv444p10le yuv444p12le yuv444p14le yuv444p16le     \
               yuv444p10msble yuv444p12msble                                  \
               yuva420p yuva420p9le yuva420p10le yuva420p16le                 \
               yuva422p yuva422p9le yuva422p10le yuva422p12le yuva422p16le    \
               yuva444p yuva444p9le yuva444p10le yuva444p12le yuva444p16le    \
               gbrp gbrp9le gbrp10le gbrp12le gbrp14le gbrp16le               \
               gbrap gbrap10le gbrap12le gbrap16le                            \
               gray gray9le gray10le gray12le gray14le gray16le               \
               nv12 nv21 nv16 nv24 nv42 p010le p012le p016le                  \
               p210le p212le p216le p410le p412le p416le                      \
               rgb0 bgr0 0rgb 0bgr rgba bgra argb abgr

# From a format to formats of the outputs, with other ranges and matrices.
V360_COLOURS = yuv420p-yuv420p yuv420p-yuv444p yuv420p-nv12 yuv420p-gray      \
               yuv420p-rgb24 yuv420p-rgb48be yuv420p-gbrp yuv420p-bgr0        \
               yuv422p-yuv420p yuv440p-yuv420p yuv411p-yuv422p                \
               yuv444p-yuv420p yuva444p-rgba gbrp-yuv420p gbrp-yuv422p        \
               gbrp-gray16be gbrp-yuva420p

# Samples of 8 bits, of 8 bits in pairs and fours; of more bits.
V360_SUPERSAMPLES = yuv420p-2 yuv420p-3 yuv420p-4 nv12-2 nv12-3 nv12-4        \
                    rgba-2 rgba-3 rgba-4
V360_DEEP_SUPERSAMPLES = $(addprefix yuv422p10le-,2 3 4) $(addprefix p010le-,2 3 4)

FATE_V360BATCH_COLOURS = $(V360_COLOURS:%=colour-%) supersample-colour
FATE_V360BATCH_TESTS = $(V360_VIEWS:%=view-%) $(V360_SOURCES:%=source-%)      \
                       $(V360_INTERPS:%=interp-%)                             \
                       $(V360_RIGS:%=rig-%) $(V360_CHROMA:%=chroma-%)         \
                       $(patsubst %,format-%,$(filter-out %le,$(V360_FORMATS))) \
                       $(V360_SUPERSAMPLES:%=supersample-%)                   \
                       supersample-auto supersample-alpha supersample-stereo  \
                       tiny seam stereo-tb alpha partial flips transposed     \
                       offset rorder dfov $(V360_GRAPHS)
FATE_V360BATCH_DEEP  = $(V360_INTERPS:%=interp10-%)                           \
                       $(V360_INTERPS:%=interp16-%)                           \
                       $(patsubst %,format-%,$(filter %le,$(V360_FORMATS))) fill \
                       $(V360_DEEP_SUPERSAMPLES:%=supersample-%)

fate-v360batch-view-%: CMD = framecrc -lavfi "$(call V360_TEST2,256x128,yuv420p),v360batch=$(V360_POSE):views=roll=10:output=$(@:fate-v360batch-view-%=%):w=120:h=90"
fate-v360batch-source-%: CMD = framecrc -lavfi "$(call V360_TEST2,252x144,yuv420p),v360batch=input=$(@:fate-v360batch-source-%=%):$(V360_POSE):views=yaw=0|yaw=30|pitch=-90|yaw=180:w=64:h=48:fill=red"
fate-v360batch-interp-%: CMD = framecrc -lavfi "$(call V360_TEST2,256x128,yuv420p),v360batch=$(V360_POSE):views=yaw=180|yaw=30|pitch=90:w=100:h=60:interp=$(@:fate-v360batch-interp-%=%)"
fate-v360batch-interp10-%: CMD = $(call V360_DEEP,256x128,yuv420p10le,$(V360_POSE):views=yaw=180|yaw=30|pitch=90:w=100:h=60:interp=$(@:fate-v360batch-interp10-%=%)$(V360_THREE))
fate-v360batch-interp16-%: CMD = $(call V360_DEEP,256x128,gray16le,$(V360_POSE):views=yaw=180|yaw=30|pitch=90:w=100:h=60:interp=$(@:fate-v360batch-interp16-%=%)$(V360_THREE))
fate-v360batch-rig-%: CMD = framecrc -lavfi "$(call V360_TEST2,256x128,yuv420p),v360batch=rig=$(@:fate-v360batch-rig-%=%)"
fate-v360batch-chroma-%: CMD = framecrc -lavfi "$(call V360_TEST2,256x128,yuv420p),v360batch=$(V360_POSE):views=yaw=180|yaw=30:w=64:h=48:chroma_loc=$(@:fate-v360batch-chroma-%=%)"
fate-v360batch-format-%: CMD = framecrc -lavfi "$(call V360_TEST2,256x128,$(@:fate-v360batch-format-%=%)),v360batch=$(V360_POSE):views=yaw=180|yaw=30|pitch=90:w=64:h=48:interp=cube"
fate-v360batch-format-%le: CMD = $(call V360_DEEP,256x128,$(@:fate-v360batch-format-%=%),$(V360_POSE):views=yaw=180|yaw=30|pitch=90:w=64:h=48:interp=cube$(V360_THREE))

# words: source, outputs
V360_COLOUR = framecrc -lavfi "$(call V360_TEST2,256x128,$(word 1,$(1))),setparams=range=limited:colorspace=bt709,v360batch=$(V360_POSE):views=yaw=180|yaw=30:w=101:h=61:interp=cube:out_chroma_loc=center[a][b];[a]format=$(word 2,$(1)):color_spaces=bt470bg:color_ranges=pc[c];[b]format=$(word 2,$(1)):color_spaces=bt2020nc:color_ranges=tv[d]" -map [c] -map [d]
fate-v360batch-colour-%: CMD = $(call V360_COLOUR,$(subst -, ,$(@:fate-v360batch-colour-%=%)))

# words: format, number
V360_SUPERSAMPLE = views=yaw=180|yaw=30|pitch=90:w=61:h=47:interp=cube:supersample=$(word 2,$(1))
$(V360_SUPERSAMPLES:%=fate-v360batch-supersample-%): CMD = framecrc -lavfi "$(call V360_TEST2,512x256,$(word 1,$(subst -, ,$(@:fate-v360batch-supersample-%=%)))),v360batch=$(V360_POSE):$(call V360_SUPERSAMPLE,$(subst -, ,$(@:fate-v360batch-supersample-%=%)))"
$(V360_DEEP_SUPERSAMPLES:%=fate-v360batch-supersample-%): CMD = $(call V360_DEEP,512x256,$(word 1,$(subst -, ,$(@:fate-v360batch-supersample-%=%))),$(V360_POSE):$(call V360_SUPERSAMPLE,$(subst -, ,$(@:fate-v360batch-supersample-%=%)))$(V360_THREE))
fate-v360batch-supersample-auto: CMD = framecrc -lavfi "$(call V360_TEST2,512x256,yuv420p),v360batch=h_fov=90:ss=auto:views=w=90|w=80|w=40|w=25|w=12"
fate-v360batch-supersample-alpha: CMD = framecrc -lavfi "$(call V360_TEST2,128x128,yuva444p),v360batch=input=fisheye:ih_fov=180:iv_fov=180:alpha_mask=1:fill=red:views=yaw=60|yaw=180:w=64:h=64:ss=4"
fate-v360batch-supersample-colour: CMD = framecrc -lavfi "$(call V360_TEST2,512x256,yuv420p),setparams=range=limited:colorspace=bt709,v360batch=$(V360_POSE):views=yaw=180|yaw=30:w=101:h=61:ss=3:out_chroma_loc=center[a][b];[a]format=rgb24[c];[b]format=yuv422p:color_spaces=bt2020nc:color_ranges=pc[d]" -map [c] -map [d]
fate-v360batch-supersample-stereo: CMD = framecrc -lavfi "$(call V360_TEST2,509x254,yuv420p),v360batch=in_stereo=sbs:eye=both:rig=ring3:w=33:h=33:ss=2"

fate-v360batch-seam: CMD = framecrc -lavfi "$(call V360_TEST2,255x127,yuv420p),v360batch=views=yaw=170|yaw=-170:w=200:h=100:interp=cube"
fate-v360batch-tiny: CMD = framecrc -lavfi "$(call V360_TEST2,4x2,yuv420p),v360batch=$(V360_POSE):views=yaw=180|yaw=30|pitch=90:w=8:h=8:interp=lanc"
fate-v360batch-dfov: CMD = framecrc -lavfi "$(call V360_TEST2,256x128,yuv420p),v360batch=views=output=flat|output=fisheye|output=sg|output=equisolid|output=og|output=dfisheye:d_fov=120:w=64:h=48"
fate-v360batch-stereo-tb: CMD = framecrc -lavfi "$(call V360_TEST2,256x256,nv12),v360batch=in_stereo=tb:eye=both:rig=ring2:w=64:h=64"
fate-v360batch-alpha: CMD = framecrc -lavfi "$(call V360_TEST2,128x128,yuva444p),v360batch=input=fisheye:ih_fov=180:iv_fov=180:alpha_mask=1:views=yaw=60|yaw=180:w=64:h=64"
fate-v360batch-fill: CMD = $(call V360_DEEP,128x72,p010le,input=flat:ih_fov=80:roll=20:views=yaw=0|yaw=40:h_fov=120:w=64:h=64:fill=0x2080c0$(V360_TWO))
fate-v360batch-partial: CMD = framecrc -lavfi "$(call V360_TEST2,128x64,yuv420p),v360batch=ih_fov=200:iv_fov=100:views=yaw=0|yaw=90|pitch=60:w=64:h=64"
fate-v360batch-flips: CMD = framecrc -lavfi "$(call V360_TEST2,256x128,yuv420p),split=4[a][b][c][d];[a]v360batch=views=roll=10:$(V360_POSE):w=64:h=64:h_flip=1;[b]v360batch=views=roll=10:$(V360_POSE):w=64:h=64:v_flip=1:d_flip=1;[c]v360batch=views=roll=10:$(V360_POSE):w=64:h=64:ih_flip=1;[d]v360batch=views=roll=10:$(V360_POSE):w=64:h=64:iv_flip=1"
fate-v360batch-transposed: CMD = framecrc -lavfi "$(call V360_TEST2,128x256,yuv420p),v360batch=in_trans=1:ih_flip=1:$(V360_POSE):views=yaw=180|yaw=30|pitch=90:w=64:h=64"
fate-v360batch-offset: CMD = framecrc -lavfi "$(call V360_TEST2,256x128,yuv420p),v360batch=h_offset=0.3:v_offset=-0.2:views=roll=10:$(V360_POSE):w=64:h=64"
fate-v360batch-rorder: CMD = framecrc -lavfi "$(call V360_TEST2,256x128,yuv420p),v360batch=rorder=rpy:$(V360_POSE):views=yaw=30|yaw=180:w=64:h=64"

V360_GRAPHS = odd mixed stereo-sbs cube-order cube-pad commands supersample
$(V360_GRAPHS:%=fate-v360batch-%): CMD = framecrc -/lavfi $(SRC_PATH)/tests/filtergraphs/v360batch-$(@:fate-v360batch-%=%)
FATE_V360BATCH-$(call FILTERFRAMECRC, V360BATCH TESTSRC2 FORMAT SPLIT SENDCMD) += \
    $(FATE_V360BATCH_TESTS:%=fate-v360batch-%)
FATE_V360BATCH-$(call FILTERFRAMECRC, V360BATCH TESTSRC2 FORMAT SETPARAMS) += \
    $(FATE_V360BATCH_COLOURS:%=fate-v360batch-%)
FATE_V360BATCH-$(call FILTERFRAMECRC, V360BATCH TESTSRC2 FORMAT SCALE) +=     \
    $(FATE_V360BATCH_DEEP:%=fate-v360batch-%)

FATE_V360_PROGRAMS-$(CONFIG_V360BATCH_FILTER) =                               \
    $(addprefix fate-v360-, projection geometry rig supersample unit frame    \
                            page props)
FATE_V360_PROGRAMS-$(call ALLYES, V360BATCH_FILTER HSTACK_FILTER FORMAT_FILTER) \
    += fate-v360-pair
FATE_V360_PROGRAMS-$(call ALLYES, V360BATCH_FILTER HSTACK_FILTER TRIM_FILTER) \
    += fate-v360-state
FATE_V360_PROGRAMS-$(call ALLYES, V360BATCH_FILTER GEOTAG_FILTER)             \
    += fate-v360-geo
FATE_V360_PROGRAMS = $(FATE_V360_PROGRAMS-yes)
$(FATE_V360_PROGRAMS): fate-v360-%: libavfilter/tests/v360%$(EXESUF)
$(FATE_V360_PROGRAMS): CMD = run libavfilter/tests/v360$(@:fate-v360-%=%)$(EXESUF)

FATE-yes += $(FATE_V360_PROGRAMS)
FATE_FFMPEG += $(FATE_V360BATCH-yes)
fate-v360batch: $(FATE_V360BATCH-yes) $(FATE_V360_PROGRAMS)
