print("puppet")
