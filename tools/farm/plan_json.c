/*
 * Copyright (c) 2026 the v360batch authors
 *
 * This file is part of FFmpeg.
 *
 * FFmpeg is free software; you can redistribute it and/or
 * modify it under the terms of the GNU Lesser General Public
 * License as published by the Free Software Foundation; either
 * version 2.1 of the License, or (at your option) any later version.
 *
 * FFmpeg is distributed in the hope that it will be useful,
 * but WITHOUT ANY WARRANTY; without even the implied warranty of
 * MERCHANTABILITY or FITNESS FOR A PARTICULAR PURPOSE.  See the GNU
 * Lesser General Public License for more details.
 *
 * You should have received a copy of the GNU Lesser General Public
 * License along with FFmpeg; if not, write to the Free Software
 * Foundation, Inc., 51 Franklin Street, Fifth Floor, Boston, MA 02110-1301 USA
 */

/**
 * @file
 * The plan of a job in shards as JSON. Numbers are those of the source: nothing
 * in it is rounded. What is open is null.
 */

#include <math.h>
#include <string.h>

#include <cjson/cJSON.h>

#include "libavutil/avutil.h"
#include "libavutil/error.h"
#include "libavutil/mem.h"
#include "farm.h"

/* Integers up to here are exact in JSON. */
#define MAX_EXACT (INT64_C(1) << 53)
#define MAX_ENTRIES 64

static int put(cJSON *to, const char *name, int64_t number)
{
    if (number == AV_NOPTS_VALUE)
        return !cJSON_AddNullToObject(to, name);
    return FFABS(number) > MAX_EXACT ||
           !cJSON_AddNumberToObject(to, name, number);
}

static cJSON *put_texts(const V360JobTexts *texts)
{
    cJSON *list = cJSON_CreateArray();

    for (int i = 0; list && i < texts->nb; i++) {
        cJSON *text = cJSON_CreateString(texts->text[i]);

        if (!text || !cJSON_AddItemToArray(list, text)) {
            cJSON_Delete(text);
            cJSON_Delete(list);
            return NULL;
        }
    }
    return list;
}

static int put_shard(cJSON *list, const V360FarmShard *shard)
{
    cJSON *to = cJSON_CreateObject(), *entries;
    int failed = !to || !cJSON_AddItemToArray(list, to);

    if (failed) {
        cJSON_Delete(to);
        return 1;
    }
    failed |= put(to, "first", shard->first);
    failed |= put(to, "frames", shard->frames);
    failed |= !cJSON_AddBoolToObject(to, "seam", shard->has_seam);
    failed |= put(to, "from_pts", shard->cut.first);
    failed |= put(to, "to_pts", shard->cut.end);
    failed |= put(to, "from_slot", shard->cut.slot);
    failed |= put(to, "to_slot", shard->cut.end_slot);
    failed |= put(to, "from_file", shard->cut.file);
    failed |= put(to, "to_file", shard->cut.end_file);
    failed |= shard->source &&
              !cJSON_AddStringToObject(to, "source", shard->source);
    entries = cJSON_AddArrayToObject(to, "entries");
    for (int i = 0; entries && i < shard->entries.nb_keys; i++) {
        cJSON *pts = cJSON_CreateNumber(shard->entries.key[i]);

        failed |= FFABS(shard->entries.key[i]) > MAX_EXACT || !pts ||
                  !cJSON_AddItemToArray(entries, pts);
    }
    return failed || !entries;
}

int v360farm_plan_to_json(V360FarmPlan *plan, const cJSON *settings)
{
    cJSON *root = plan->json = cJSON_CreateObject(), *list;
    cJSON *copy = cJSON_Duplicate(settings, 1);
    int failed = !root || !copy;

    failed |= !cJSON_AddStringToObject(root, "id", plan->id);
    failed |= !cJSON_AddStringToObject(root, "why_one", plan->why_one);
    failed |= !cJSON_AddItemToObject(root, "words", put_texts(&plan->words));
    if (!failed && cJSON_AddItemToObject(root, "settings", copy))
        copy = NULL;
    cJSON_Delete(copy);
    list = cJSON_AddArrayToObject(root, "shards");
    for (int i = 0; list && !failed && i < plan->nb_shards; i++)
        failed |= put_shard(list, &plan->shard[i]);
    return failed || !list || copy ? AVERROR(ENOMEM) : 0;
}

int v360farm_set_words(V360FarmPlan *plan, const V360JobTexts *words)
{
    cJSON *list = put_texts(words);

    if (!list || !cJSON_ReplaceItemInObjectCaseSensitive(plan->json, "words",
                                                         list)) {
        cJSON_Delete(list);
        return AVERROR(ENOMEM);
    }
    return 0;
}

/** @return whether a member is missing or no whole number, of at least LEAST */
static int get(int64_t *number, const cJSON *from, const char *name,
               int64_t least, int may_be_open)
{
    const cJSON *item = cJSON_GetObjectItemCaseSensitive(from, name);

    if (may_be_open && cJSON_IsNull(item)) {
        *number = AV_NOPTS_VALUE;
        return 0;
    }
    if (!cJSON_IsNumber(item) || fabs(item->valuedouble) > MAX_EXACT ||
        item->valuedouble != floor(item->valuedouble))
        return 1;
    *number = item->valuedouble;
    return *number < least;
}

static const char *get_text(const cJSON *from, const char *name)
{
    return cJSON_GetStringValue(cJSON_GetObjectItemCaseSensitive(from, name));
}

static int get_entries(V360JobPackets *entries, const cJSON *list)
{
    const int nb = cJSON_GetArraySize(list);
    const cJSON *item;

    if (!cJSON_IsArray(list) || nb > MAX_ENTRIES)
        return 1;
    entries->key = av_calloc(FFMAX(nb, 1), sizeof(*entries->key));
    if (!entries->key)
        return 1;
    cJSON_ArrayForEach(item, list) {
        if (!cJSON_IsNumber(item) || !(fabs(item->valuedouble) <= MAX_EXACT))
            return 1;
        entries->key[entries->nb_keys++] = item->valuedouble;
    }
    return 0;
}

static int get_shard(V360FarmShard *shard, const cJSON *from)
{
    V360JobCut *cut = &shard->cut;
    int bad = get(&shard->first, from, "first", 0, 0);

    bad |= get(&shard->frames, from, "frames", 0, 0);
    bad |= get(&cut->first, from, "from_pts", -MAX_EXACT, 1);
    bad |= get(&cut->end, from, "to_pts", -MAX_EXACT, 1);
    bad |= get(&cut->slot, from, "from_slot", -MAX_EXACT, 1);
    bad |= get(&cut->end_slot, from, "to_slot", -MAX_EXACT, 1);
    bad |= get(&cut->file, from, "from_file", 0, 0);
    bad |= get(&cut->end_file, from, "to_file", 0, 0);
    shard->has_seam = cJSON_IsTrue(cJSON_GetObjectItemCaseSensitive(from,
                                                                    "seam"));
    cut->frames = shard->frames ? shard->frames + shard->has_seam : 0;
    if (get_text(from, "source")) {
        shard->source = av_strdup(get_text(from, "source"));
        bad |= !shard->source;
    }
    return bad || get_entries(&shard->entries,
                              cJSON_GetObjectItemCaseSensitive(from,
                                                               "entries"));
}

int v360farm_plan_of_json(V360FarmPlan *plan)
{
    const cJSON *root = plan->json, *item;
    const cJSON *words  = cJSON_GetObjectItemCaseSensitive(root, "words");
    const cJSON *shards = cJSON_GetObjectItemCaseSensitive(root, "shards");

    plan->id       = get_text(root, "id");
    plan->why_one  = get_text(root, "why_one");
    plan->settings = cJSON_GetObjectItemCaseSensitive(root, "settings");
    if (!plan->id || !plan->why_one || !cJSON_IsObject(plan->settings) ||
        !cJSON_IsArray(words) || !cJSON_GetArraySize(shards))
        return AVERROR_INVALIDDATA;
    cJSON_ArrayForEach(item, words) {
        if (!cJSON_GetStringValue(item))
            return AVERROR_INVALIDDATA;
        v360job_add(&plan->words, cJSON_GetStringValue(item));
    }
    plan->shard = av_calloc(cJSON_GetArraySize(shards), sizeof(*plan->shard));
    if (!plan->shard || plan->words.failed)
        return AVERROR(ENOMEM);
    cJSON_ArrayForEach(item, shards) {
        if (get_shard(&plan->shard[plan->nb_shards++], item))
            return AVERROR_INVALIDDATA;
    }
    return 0;
}
