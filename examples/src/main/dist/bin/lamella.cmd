@echo off
rem Starts Lamella's command line on a JDK of version 25 or later, wherever that is installed.
rem
rem   JAVA_HOME     this JDK, if it is recent enough
rem   LAMELLA_OPTS  options for the JVM, such as -Xmx4g or -Dlamella.threads=2
setlocal EnableExtensions DisableDelayedExpansion

set "WANTED=25"
set "FOUND="
set /a BEST=WANTED*1000000-1

if defined JAVA_HOME call :consider "%JAVA_HOME%"
if defined FOUND goto start

for /f "delims=" %%J in ('where java 2^>nul') do (
  if not defined FOUND for %%H in ("%%~dpJ..") do call :consider "%%~fH"
)
if defined FOUND goto start

for %%P in (
  "%ProgramFiles%\Java"
  "%ProgramFiles%\Eclipse Adoptium"
  "%ProgramFiles%\Microsoft"
  "%ProgramFiles%\Zulu"
  "%ProgramFiles%\Amazon Corretto"
  "%ProgramFiles%\BellSoft"
  "%ProgramFiles%\OpenJDK"
  "%LOCALAPPDATA%\Programs\Eclipse Adoptium"
  "%USERPROFILE%\.jdks"
  "%USERPROFILE%\.gradle\jdks"
) do for /d %%D in ("%%~P\*") do call :consider "%%~fD"
if defined FOUND goto start

echo lamella: no JDK %WANTED% or later found in JAVA_HOME, on PATH or in the usual folders of %ProgramFiles% and %USERPROFILE%; install one, from https://adoptium.net for example, or set JAVA_HOME to its folder>&2
exit /b 1

:start
"%FOUND%\bin\java.exe" %LAMELLA_OPTS% -p "%~dp0..\lib" -m lamella.examples/lamella.examples.cli.Lamella %*
exit /b %ERRORLEVEL%

rem Takes the JDK in the folder %1 if it is recent enough and more recent than the one found so far. Starts no JVM.
:consider
if not exist "%~1\bin\java.exe" exit /b 0
if not exist "%~1\release" exit /b 0
set "VERSION="
for /f "usebackq tokens=1,2 delims==" %%K in ("%~1\release") do if "%%K"=="JAVA_VERSION" set "VERSION=%%~L"
if not defined VERSION exit /b 0
set /a NUMBER=0
for /f "tokens=1,2,3 delims=.-+_" %%A in ("%VERSION%.0.0") do set /a NUMBER=%%A*1000000+%%B*1000+%%C 2>nul
if %NUMBER% gtr %BEST% (
  set "FOUND=%~1"
  set "BEST=%NUMBER%"
)
exit /b 0
