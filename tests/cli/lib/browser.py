# A headless Chromium, driven over its debugging pipe: no other package needed.
# Licence: LGPL-2.1-or-later.
"""Opens a page, evaluates JavaScript in it, takes screenshots."""

import base64
import json
import os
import select
import shutil
import subprocess
import tempfile
import time


def find():
    """Path of a Chromium, or None."""
    for name in (os.environ.get('CHROMIUM'), 'chromium', 'chromium-browser',
                 'google-chrome'):
        if name and shutil.which(name):
            return shutil.which(name)
    return None


class Browser:
    """Messages are JSON, ended by a zero byte; all calls wait 60 s at most."""

    def __init__(self, program):
        self.profile = tempfile.TemporaryDirectory(ignore_cleanup_errors=True)
        to_child, self.to = os.pipe()
        self.back, from_child = os.pipe()
        # Chromium reads descriptor 3 and writes 4. The shell copies both pipes there, as
        # either number may belong to the other pipe here.
        shell = f'exec 3<&{to_child} 4>&{from_child}; exec "$@"'
        self.process = subprocess.Popen(
            ['bash', '-c', shell, 'sh', program, '--headless=new',
             '--remote-debugging-pipe', '--no-sandbox', '--disable-gpu',
             '--hide-scrollbars', '--no-first-run', '--disable-dev-shm-usage',
             '--disable-background-networking',
             '--user-data-dir=' + self.profile.name],
            pass_fds=(to_child, from_child), stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        os.close(to_child)
        os.close(from_child)
        self.buffer, self.count, self.session, self.events = b'', 0, None, []
        target = self.call('Target.createTarget', url='about:blank')
        self.session = self.call('Target.attachToTarget', flatten=True,
                                 targetId=target['targetId'])['sessionId']
        for domain in ('Page', 'Runtime', 'Log', 'Network'):
            self.call(domain + '.enable')

    def read(self, until):
        while b'\0' not in self.buffer:
            left = until - time.time()
            if left <= 0 or not select.select([self.back], [], [], left)[0]:
                raise RuntimeError('the browser does not answer')
            data = os.read(self.back, 1 << 20)
            if not data:
                raise RuntimeError('the browser has ended')
            self.buffer += data
        text, self.buffer = self.buffer.split(b'\0', 1)
        return json.loads(text)

    def call(self, method, **params):
        self.count += 1
        message = {'id': self.count, 'method': method, 'params': params}
        if self.session:
            message['sessionId'] = self.session
        os.write(self.to, json.dumps(message).encode() + b'\0')
        until = time.time() + 60
        while True:
            answer = self.read(until)
            if answer.get('id') != self.count:
                self.events.append(answer)
            elif 'error' in answer:
                raise RuntimeError(f"{method}: {answer['error']}")
            else:
                return answer['result']

    def open(self, path):
        self.call('Page.navigate', url='file://' + path)
        until = time.time() + 60
        while not any(e.get('method') == 'Page.loadEventFired'
                      for e in self.events):
            self.events.append(self.read(until))
        # The page draws in its first frames.
        self.eval('new Promise(r => requestAnimationFrame(() => '
                  'requestAnimationFrame(() => r(1))))')

    def eval(self, code):
        answer = self.call('Runtime.evaluate', expression=code,
                           returnByValue=True, awaitPromise=True)
        if 'exceptionDetails' in answer:
            raise RuntimeError(f"{code}: {answer['exceptionDetails']}")
        return answer['result'].get('value')

    def key(self, key, modifiers=0):
        for kind in ('keyDown', 'keyUp'):
            text = {'text': key} if len(key) == 1 and kind == 'keyDown' else {}
            self.call('Input.dispatchKeyEvent', type=kind, key=key,
                      modifiers=modifiers, **text)

    def size(self, width, height, mobile=False):
        self.call('Emulation.setDeviceMetricsOverride', width=width,
                  height=height, deviceScaleFactor=1, mobile=mobile)

    def screenshot(self, path):
        data = self.call('Page.captureScreenshot', format='png')['data']
        with open(path, 'wb') as f:
            f.write(base64.b64decode(data))

    def complaints(self):
        """Errors and warnings of the console, and exceptions."""
        return [e for e in self.events if
                e.get('method') == 'Runtime.exceptionThrown' or
                e.get('method') == 'Log.entryAdded' or
                e.get('method') == 'Runtime.consoleAPICalled']

    def requests(self):
        """URLs that the page has asked for, apart from data it holds itself."""
        urls = [e['params']['request']['url'] for e in self.events
                if e.get('method') == 'Network.requestWillBeSent']
        return [u for u in urls if not u.startswith('data:')]

    def close(self):
        try:
            self.session = None
            self.call('Browser.close')
        except (RuntimeError, OSError):
            self.process.kill()
        self.process.wait(30)
        os.close(self.to)
        os.close(self.back)
        self.profile.cleanup()
