"""A backend of xdg-desktop-portal for tests: it says yes to every question, and nothing is locked down."""

import dbus
import dbus.service
from dbus.mainloop.glib import DBusGMainLoop
from gi.repository import GLib

SWITCHES = ("printing", "save-to-disk", "application-handlers", "location", "camera", "microphone", "sound-output")


class Portal(dbus.service.Object):
    @dbus.service.method("org.freedesktop.impl.portal.Access", in_signature="osssssa{sv}", out_signature="ua{sv}")
    def AccessDialog(self, handle, app, parent, title, subtitle, body, options):
        return dbus.UInt32(0), dbus.Dictionary({}, signature="sv")

    @dbus.service.method("org.freedesktop.DBus.Properties", in_signature="s", out_signature="a{sv}")
    def GetAll(self, interface):
        locks = {f"disable-{name}": False for name in SWITCHES} if interface.endswith("Lockdown") else {}
        return dbus.Dictionary(locks, signature="sv")

    @dbus.service.method("org.freedesktop.DBus.Properties", in_signature="ss", out_signature="v")
    def Get(self, interface, name):
        return False


DBusGMainLoop(set_as_default=True)
bus = dbus.SessionBus()
name = dbus.service.BusName("org.freedesktop.impl.portal.desktop.puppettest", bus)
portal = Portal(bus, "/org/freedesktop/portal/desktop")
print("ready", flush=True)
GLib.MainLoop().run()
