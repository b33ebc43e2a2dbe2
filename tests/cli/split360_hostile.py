#!/usr/bin/python3 -B
# Licence: LGPL-2.1-or-later.
"""A folder of results that came from somebody else, or that holds files of the
user's: scripts/split360 runs nothing that is written there, writes to and removes
nothing outside the folder, follows no link out of it, shows no control characters
and replaces only its own files. SPLIT360 names another script."""

import json
import os
import re
import shutil
import signal
import subprocess
import time

from lib.run import SPLIT360, ffmpeg, main

OPTIONS = ('--quiet', '--rig', 'ring2', '--size', '32x32', '--device', 'cpu')
PARTS = ('images', 'videos', 'masks', 'rig_config.json', 'cameras.txt', 'database.sh',
         'transforms.json', 'preview.jpg')


def call(*args, limit=60):
    """Exit status and what was printed; -1 if it hangs."""
    program = subprocess.Popen(args, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                               stderr=subprocess.STDOUT, start_new_session=True)
    try:
        said = program.communicate(timeout=limit)[0]
    except subprocess.TimeoutExpired:
        os.killpg(program.pid, signal.SIGKILL)
        program.communicate()
        return -1, 'it hangs'
    return program.returncode, said.decode('utf-8', 'replace')


def run(*args):
    return call(SPLIT360, *args)


def split(source, out, *options):
    return run(source, out, *OPTIONS, *options)


def write(path, text):
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path, 'w', encoding='utf-8') as file:
        file.write(text)


def read(path):
    with open(path, encoding='utf-8') as file:
        return file.read()


def snapshot(folder):
    """All that is in a folder: types, sizes, content."""
    found = {}
    for where, dirs, names in os.walk(folder):
        for name in dirs + names:
            path = os.path.join(where, name)
            if os.path.islink(path):
                found[path] = os.readlink(path)
            elif os.path.isfile(path):
                with open(path, 'rb') as file:
                    found[path] = file.read()
            else:
                found[path] = None
    return found


def make_sources():
    video = ('-f', 'lavfi', '-i', 'testsrc2=s=128x64:r=5', '-frames:v')
    ffmpeg(*video, '1', 'p.jpg')
    ffmpeg(*video, '3', '-c:v', 'mjpeg', 'v.mkv')
    os.mkdir('panos')
    ffmpeg(*video, '4', 'panos/p%d.jpg')


def finished(out):
    """A job that is done, and its manifest."""
    if not os.path.exists('done'):
        status, said = split('p.jpg', 'done')
        if status:
            raise RuntimeError(said)
    shutil.rmtree(out, ignore_errors=True)
    shutil.copytree('done', out)
    return json.loads(read(f'{out}/manifest.json'))


def bad_names():
    """Names that a manifest may not have, and what each would do."""
    there = os.path.abspath('outside/precious')
    return {
        'a path out of OUTDIR': '../outside/precious',
        'a path just out of OUTDIR': '../.bashrc',
        'a path out of OUTDIR from within a part': 'images/../../outside/precious',
        'a path from the root': there,
        'a path from the root within a part': 'images/' + there,
        'a path that ends above': 'images/..',
        'an empty name': '',
        'an empty part of a path': 'images//view_00/x.jpg',
        'a folder': 'images/view_00',
        'a file that is no part': 'notes.txt',
        "a hidden file of the user's": '.bashrc',
        'the private folder': '.split360/lock',
        'a command after a newline': 'images/view_00/x.jpg\n$(touch ran)',
        'an index that is a command': 'images/view_00/x.jpg\nnames[$(touch${IFS}ran)] y',
        'an index that is a command, alone': 'names[$(touch${IFS}ran)]',
        'a command': 'images/view_00/$(touch ran).jpg',
        'backquotes': 'images/view_00/`touch ran`.jpg',
        'an option': '-rf',
        'a carriage return': 'images/view_00/x\r.jpg',
        'an escape sequence': 'images/view_00/\x1b]0;owned\x07\x1b[2J.jpg',
        'a tab and a delete': 'images/view_00/\t\x7f.jpg',
    }


def test_names_in_manifest(rep):
    """Repair and --verify with names that lead elsewhere, or are commands."""
    for what, name in bad_names().items():
        manifest = finished('out')
        for path in ('outside/precious', '.bashrc', 'out/.bashrc', 'out/notes.txt'):
            write(os.path.abspath(path), 'mine\n')
        manifest['files'][name] = {'size': 1, 'murmur3': 'x'}
        write(os.path.abspath('out/manifest.json'), json.dumps(manifest))
        before = snapshot('.')
        status, said = run('--verify', 'out')
        shown = [c for c in said if ord(c) < 32 and c not in '\n' or ord(c) == 127]
        rep.check(status == 1 and not shown and snapshot('.') == before,
                  f'--verify, {what} in manifest.json: refused',
                  f'exit {status}, control characters' if shown else f'exit {status}')
        status, said = split('p.jpg', 'out')
        after = snapshot('.')
        touched = [path for path in set(after) | set(before)
                   if after.get(path, 0) != before.get(path, 0) and
                   not path.startswith('./out/.split360')]
        rep.check(not touched and status in (0, 1),
                  f'repair, {what} in manifest.json: nothing else is touched or run',
                  f'exit {status}, ' + (f'touched {touched[:2]}' if touched else said))
        if os.path.exists('ran'):
            os.unlink('ran')


def test_files_of_manifest(rep):
    """Names that are in order, of things that are not plain files."""
    big = os.path.abspath('outside/big')
    write(big, 'x')
    for what, make in (
            ('a FIFO', os.mkfifo), ('a link to a device', lambda p: os.symlink('/dev/zero', p)),
            ('a link to a file outside', lambda p: os.symlink(big, p)),
            ('a link to itself', lambda p: os.symlink(os.path.basename(p), p)),
            ('a folder', os.mkdir)):
        finished('out')
        image = 'out/images/view_00/000001.jpg'
        os.unlink(image)
        make(image)
        status, said = run('--verify', 'out')
        rep.check(status == 1 and '000001.jpg' in said, f'--verify, {what} for an image: bad',
                  f'exit {status}, {said}')
        status, said = split('p.jpg', 'out')
        whole = os.path.isfile(image) and not os.path.islink(image)
        rep.check(read(big) == 'x' and (status == 0) == whole and status in (0, 1),
                  f'repair, {what} for an image: replaced or told', f'exit {status}, {said}')
        shutil.rmtree('out')
    finished('out')
    os.rename('out/images/view_00', 'outside/view_00')
    os.symlink(os.path.abspath('outside/view_00'), 'out/images/view_00')
    os.unlink('outside/view_00/000001.jpg')
    status, said = split('p.jpg', 'out')
    rep.check(not os.listdir('outside/view_00'),
              'repair, a link for a folder of images: not followed', f'exit {status}, {said}')
    shutil.rmtree('outside')


def test_text_of_manifest(rep):
    finished('out')
    os.unlink('out/manifest.json')
    os.mkfifo('out/manifest.json')
    for what, command in (('--verify', ('--verify', 'out')), ('the same command',
                                                              ('p.jpg', 'out', *OPTIONS))):
        status, said = call(SPLIT360, *command, limit=20)
        rep.check(status == 1 and 'manifest' in said,
                  f'manifest.json is a FIFO, {what}: refused', f'exit {status}, {said}')
    shutil.rmtree('out')
    for text in ('', '{', '[]', 'null', '"x"', '{"files":[]}', '{"files":[1,2]}', '{"files":"x"}',
                 '{"files":{"images/a":1}}', '{"files":{"images/a":{}}}',
                 '{"files":[{"size":1,"murmur3":"x"}]}', '[' * 100000,
                 '{"files":{"images/a":{"size":1e300,"murmur3":5}}}',
                 '{"files":{"images/a":{"size":-1,"murmur3":"x"}}}',
                 '{"files":{"images/a":{"size":0.5,"murmur3":"x"}}}',
                 '{"files":{"images/a":{"size":NaN,"murmur3":"x"}}}'):
        write(os.path.abspath('bad/manifest.json'), text)
        status, said = call(SPLIT360, '--verify', 'bad')
        rep.check(status == 1 and '(null)' not in said,
                  f"--verify: manifest.json is {text[:48] or 'empty'}", f'{status}: {said}')


def test_text_of_source(rep):
    """ffprobe shows a tag's line ends as they are: text behind one looks like a value of
    its own, and values are parts of sums, in which a shell or awk runs commands."""
    lines = {
        'index': '\nindex=names[$(touch ran)]',
        'width': '\nwidth=names[$(touch ran)]',
        'nb_frames': '\nnb_frames=names[$(touch ran)]',
        'duration': '\nduration=system("touch ran")',
        'sample_aspect_ratio': '\nsample_aspect_ratio=names[$(touch ran)]:1',
        'no key': '\n=names[$(touch ran)]',
    }
    for name, text in lines.items():
        ffmpeg('-i', 'v.mkv', '-c', 'copy', '-metadata:s:v', 'DURATION=x' + text, 'tag.nut')
        shutil.rmtree('out', ignore_errors=True)
        status, said = split('tag.nut', 'out')
        ran = [path for path in ('ran', 'out/.split360/ran') if os.path.exists(path)]
        rep.check(status == 0 and not ran and len(os.listdir('out/images/view_00')) == 3 and
                  'line ' not in said, f"a video's tag with {name}: 3 frames, and nothing runs",
                  f'exit {status}, {said}')
        for path in ran:
            os.remove(path)
    shutil.rmtree('out', ignore_errors=True)


def unfinished(source, out, *options):
    """A job that was killed with an image done."""
    shutil.rmtree(out, ignore_errors=True)
    job = subprocess.Popen([SPLIT360, source, out, *OPTIONS, *options], start_new_session=True,
                           stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    for _ in range(3000):
        if any(name[:4] == '0000' and 'tmp' not in name
               for _, _, names in os.walk(out) for name in names) or job.poll() is not None:
            break
        time.sleep(0.01)
    os.killpg(job.pid, signal.SIGKILL)
    job.wait()
    time.sleep(0.2)
    return os.path.exists(f'{out}/.split360/job.json')


def test_private_files(rep):
    """Files of the private folder of a job that somebody else began."""
    options = ('--sharpest', '2', '--size', '1600x1600')
    bad = ('names[$(touch ran)]', '$(touch ran)', '0\nnames[$(touch ran)]', '-1', '99999',
           'a[`touch ran`]', '0 + (names[$(touch ran)])')
    for text in bad:
        if not unfinished('panos', 'out', *options):
            rep.check(False, 'a job that was killed half-way', 'it was quicker')
            return
        write(os.path.abspath('out/.split360/sharpest'), text + '\n')
        status, said = split('panos', 'out', *options)
        rep.check(not os.path.exists('ran') and 'unbound' not in said and 'syntax' not in said,
                  f'.split360/sharpest holds {text!r}: not run', f'exit {status}, {said}')
        if os.path.exists('ran'):
            os.unlink('ran')
    for name, text in (('parts', '../outside\n$(touch ran)\nimages\n'), ('end', '$(touch ran)\n'),
                       ('part.a[$(touch ran)]', '0 0 1/5\n'), ('undecodable', '$(touch ran)\n'),
                       ('part.0', '0 a[$(touch ran)] 1/5\n1 1 1/5\n'),
                       ('frames', 'a[$(touch ran)]\n'), ('flushed', 'a[$(touch ran)]\n')):
        unfinished('v.mkv', 'out', '--size', '1600x1600')
        write(os.path.abspath('out/.split360/' + name), text)
        before = snapshot('.').keys()
        status, said = split('v.mkv', 'out', '--size', '1600x1600')
        rep.check(not os.path.exists('ran') and
                  not [p for p in snapshot('.').keys() - before if not p.startswith('./out/')],
                  f'a command in .split360/{name}: not run', f'exit {status}, {said}')
        if os.path.exists('ran'):
            os.unlink('ran')
    for what, make in (('a folder', os.mkdir), ('none of this job', lambda p: write(p, '{}'))):
        unfinished('v.mkv', 'out', '--size', '1600x1600')
        make(os.path.abspath('out/.split360/manifest.json'))
        write(os.path.abspath('out/.split360/parts'), 'images\n')
        status, said = split('v.mkv', 'out', '--size', '1600x1600')
        rep.check(status == 0 and run('--verify', 'out')[0] == 0 and
                  len(os.listdir('out/images/view_00')) == 3,
                  f'.split360/manifest.json is {what}: the job goes on to its end',
                  f'exit {status}, {said}')


def test_links_in_private_folder(rep):
    """Links in the places of the job's own files: the files they lead to stay."""
    names = ('lock', 'skipped', 'new.json', 'names', 'views.txt', 'log.0', 'part.0', 'info',
             'frames', 'parts', 'end.new', 'manifest.json.tmp', 'sources', 'list', 'log',
             'flushed', 'owner', 'sharpest.new', 'blur', 'undecodable', 'demo.mp4.new', 'images',
             'masks', 'old', 'manifest.json')
    write(os.path.abspath('r.txt'), 'yaw=0 w=32 h=32\n')
    for name in names:
        shutil.rmtree('out', ignore_errors=True)
        write(os.path.abspath('outside/precious'), 'mine\n')
        write(os.path.abspath('outside/dir/images/x'), 'mine\n')
        os.makedirs('out/.split360')
        target = 'dir' if name in ('images', 'masks', 'old', 'owner') else 'precious'
        os.symlink(os.path.abspath(f'outside/{target}'), f'out/.split360/{name}')
        before = snapshot('outside')
        if name == 'views.txt':
            status, said = run('p.jpg', 'out', '--quiet', '--device', 'cpu', '--views', 'r.txt')
        else:
            status, said = split('v.mkv', 'out', '--owner-masks')
        rep.check(snapshot('outside') == before and status in (0, 1),
                  f'a link for .split360/{name}: not followed', f'exit {status}, {said}')
    for what, to in (('a folder outside', 'outside/dir'), ('nothing', 'outside/none')):
        shutil.rmtree('out', ignore_errors=True)
        os.mkdir('out')
        os.symlink(os.path.abspath(to), 'out/.split360')
        before = snapshot('outside')
        status, said = split('p.jpg', 'out')
        rep.check(snapshot('outside') == before and status == 1 and 'link' in said,
                  f'a link for .split360 to {what}: refused', f'exit {status}, {said}')
    shutil.rmtree('out')
    shutil.rmtree('outside')


def test_files_of_the_user(rep):
    """Files in OUTDIR under names of the result stay without --force."""
    for part in PARTS:
        shutil.rmtree('out', ignore_errors=True)
        mine = f'out/{part}' if '.' in part else f'out/{part}/mine/1.png'
        write(os.path.abspath(mine), 'a day of work\n')
        status, said = split('p.jpg', 'out', '--owner-masks')
        kept = os.path.exists(mine) and read(mine) == 'a day of work\n'
        if status == 0: # it makes no such file, and this one is not its own
            rep.check(kept and
                      not any(name.startswith(part)
                          for name in json.loads(read('out/manifest.json'))['files']),
                      f"OUTDIR/{part} of the user's: left alone", 'exit 0')
        else:
            rep.check(kept and status == 1 and part in said and '--force' in said,
                      f"OUTDIR/{part} of the user's: refused, with its name",
                      f'exit {status}, {said}')
        status, said = split('p.jpg', 'out', '--owner-masks', '--force')
        rep.check(status == 0 and run('--verify', 'out')[0] == 0,
                  f"OUTDIR/{part} of the user's, --force: done", f'exit {status}, {said}')
    shutil.rmtree('out')
    write(os.path.abspath('out/notes/mine.txt'), 'mine\n')
    write(os.path.abspath('out/sparse/x'), 'mine\n')
    status, said = split('p.jpg', 'out')
    rep.check(status == 0 and read('out/notes/mine.txt') == 'mine\n' and
              read('out/sparse/x') == 'mine\n', "other files of the user's stay",
              f'exit {status}, {said}')
    status, said = split('p.jpg', 'out', '--force', '--owner-masks')
    rep.check(status == 0 and read('out/notes/mine.txt') == 'mine\n', 'also with --force',
              f'exit {status}, {said}')
    shutil.rmtree('out')


def test_opened(rep):
    """All that is opened, made, renamed or removed lies in INPUT's place, in OUTDIR, or is
    the system's own: not in TMPDIR, HOME or the current folder."""
    name = 'no file is opened but INPUT, OUTDIR and those of the system'
    if not shutil.which('strace'):
        rep.skip(name, 'no strace')
        return
    calls = ('open,openat,creat,mkdir,mkdirat,unlink,unlinkat,rename,renameat,renameat2,link,'
             'linkat,symlink,symlinkat')
    done = subprocess.run(['strace', '-f', '-qq', '-y', '-e', 'trace=' + calls, '-o', 'calls',
                           SPLIT360, 'p.jpg', 'out', *OPTIONS, '--owner-masks'],
                          stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False)
    here = os.path.realpath('.')
    root = os.path.dirname(os.path.dirname(os.path.realpath(SPLIT360)))
    own = (here + '/out', here + '/p.jpg', root, '/proc/', '/sys/', '/dev/null', '/etc/', '/lib',
           '/usr/')
    foreign = set()
    with open('calls', encoding='utf-8', errors='replace') as file:
        for line in file:
            for folder, path in re.findall(r'(?:AT_FDCWD<([^>]*)>, )?"([^"]*)"', line):
                whole = os.path.join(folder or here + '/out', path).rstrip('/')
                if path != '.' and not whole.startswith(own) and \
                        not here.startswith(whole) and '= -1' not in line:
                    foreign.add(whole)
    rep.check(done.returncode == 0 and not foreign, name,
              f'exit {done.returncode}, {sorted(foreign)[:4]}')


if __name__ == '__main__':
    main(globals(), prepare=make_sources)
