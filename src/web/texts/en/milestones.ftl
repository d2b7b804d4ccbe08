# Titles of milestones by their codes in the files of schemes, which give them in English.

milestone-oxide_to_metal = Oxide-to-metal capacity installed
milestone-metal_to_alloy = Metal-to-alloy capacity installed
milestone-commissioning = Whole chain commissioned at awarded capacity
