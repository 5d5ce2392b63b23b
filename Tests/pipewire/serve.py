"""serve.py PORT PAGE SECONDS: serves a page at /, and prints what it posts, a line each."""

import http.server
import os
import sys
import threading
import time


class Handler(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        with open(sys.argv[2], "rb") as file:
            page = file.read()
        self.send_response(200)
        self.send_header("Content-Type", "text/html")
        self.end_headers()
        self.wfile.write(page)

    def do_POST(self):
        text = self.rfile.read(int(self.headers["Content-Length"])).decode()
        self.send_response(200)
        self.end_headers()
        # A thread a request, and no line within another's.
        with printing:
            print(text.replace("\n", " "), flush=True)

    def log_message(self, *arguments):
        pass


printing = threading.Lock()
server = http.server.ThreadingHTTPServer(("127.0.0.1", int(sys.argv[1])), Handler)
threading.Thread(target=lambda: (time.sleep(float(sys.argv[3])), os._exit(0)), daemon=True).start()
print("listening", flush=True)
server.serve_forever()
