"""An invented year of state and city diplomacy, told through the same actions that people use.

Places and foreign governments are real; every person, company and act is invented. Days are counted from today, so
that the story is always in its middle. `data/` holds what happens, the modules here make it happen.
"""
