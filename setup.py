"""What setup.cfg cannot say: how the packages are copied into a wheel."""

from setuptools import setup

from local.wheel import BuildPy

setup(cmdclass={"build_py": BuildPy})
