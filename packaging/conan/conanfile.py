# SPDX-License-Identifier: MIT
# SPDX-FileCopyrightText: The wfpwatch authors
"""A recipe for Conan 2, of the tree that it lies in: conan create packaging/conan."""
from pathlib import Path

from conan import ConanFile
from conan.tools.cmake import CMake, CMakeDeps, CMakeToolchain, cmake_layout
from conan.tools.files import copy


class Wfpwatch(ConanFile):
    name = "wfpwatch"
    version = "0.2.0"
    license = "MIT"
    description = "What Windows blocked, by which filter, for which process, and why"
    package_type = "library"
    settings = "os", "compiler", "build_type", "arch"
    options = {"shared": [True, False], "files": [True, False], "tool": [True, False]}
    default_options = {"shared": False, "files": True, "tool": False}
    languages = "C"
    implements = ["auto_shared_fpic"]

    def export_sources(self):
        tree = Path(self.recipe_folder).parents[1]
        for pattern in ("CMakeLists.txt", "LICENSE", "*.md", "lib/*", "include/*", "docs/*", "examples/*", "packaging/*"):
            copy(self, pattern, tree, self.export_sources_folder, excludes=("build/*", ".git/*"))

    def requirements(self):
        self.requires("uthash/[>=2.1]", visible=False)
        if self.options.files:
            self.requires("expat/[>=2.5 <3]")
            self.requires("zlib/[>=1.2.11 <2]")

    def layout(self):
        cmake_layout(self)

    def generate(self):
        CMakeDeps(self).generate()
        toolchain = CMakeToolchain(self)
        for name, value in (("SHARED_LIBRARIES", self.options.shared), ("STATIC_LIBRARIES", not self.options.shared),
                            ("FILES", self.options.files), ("TOOL", self.options.tool), ("TESTS", False),
                            ("EXAMPLES", False)):
            toolchain.cache_variables[f"WFPW_{name}"] = bool(value)
        toolchain.generate()

    def build(self):
        cmake = CMake(self)
        cmake.configure()
        cmake.build()

    def package(self):
        CMake(self).install()
        copy(self, "LICENSE", self.source_folder, Path(self.package_folder) / "licenses")

    def package_info(self):
        kind = "" if self.options.shared else "_static"
        for name, requires in (("wfpwatch", ["expat::expat", "zlib::zlib"] if self.options.files else []),
                               ("wfpwatch_sim", ["wfpwatch"])):
            part = self.cpp_info.components[name]
            part.libs = [name + (kind if self.settings.compiler == "msvc" else "")]
            part.requires = requires
            part.set_property("cmake_target_name", f"wfpwatch::{name}{kind}")
            part.set_property("pkg_config_name", name)
            if self.options.shared:
                part.defines = ["WFPW_SHARED"]
            elif self.settings.os == "Linux":
                part.system_libs = ["pthread"]
