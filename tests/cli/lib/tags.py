# Tags of images as other programs read them: exiftool, and PIL. Both are optional.
# Licence: LGPL-2.1-or-later.
"""EXIF of files by exiftool and PIL."""

import json
import shutil
import subprocess


def have_exiftool():
    return shutil.which('exiftool') is not None


def have_pil():
    try:
        import PIL.Image    # noqa: F401
    except ImportError:
        return False
    return True


def exiftool(*files):
    """A dictionary of each file: tags without their groups, numbers as numbers."""
    text = subprocess.run(['exiftool', '-n', '-j', *files], check=True, capture_output=True,
                          text=True).stdout
    return json.loads(text)


def brief(tool):
    """What exiftool has read of these subjects, for messages."""
    return {k: v for k, v in tool.items() if k.startswith(
        ('Date', 'Focal', 'GPS', 'Make', 'Model', 'Offset', 'SubSec')) and 'Ref' not in k}


def pil(file):
    """The main part, the EXIF part and the GPS part, {number: value}."""
    from PIL import Image
    exif = Image.open(file).getexif()
    return dict(exif), exif.get_ifd(0x8769), exif.get_ifd(0x8825)
