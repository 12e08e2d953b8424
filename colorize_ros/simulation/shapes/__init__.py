"""What things are made of: meshes, materials, textures."""
