import ArgumentParser
import Capture
import Foundation
import System

struct DevicesCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "devices",
        abstract: "Lists cameras and virtual cameras, what they can do, and who is using them.")

    @OptionGroup var form: ReportOptions

    func run() throws {
        let devices = CameraList().all()
        if form.json {
            print(try prettyJSON(["devices": devices]))
        } else if devices.isEmpty {
            StandardError.write("puppet: there are no video devices")
        } else {
            for device in devices { print(device.summary) }
        }
    }
}
