package lamella.data.cifar;

import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Predicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import lamella.core.io.FileFormatException;

/**
 * The four IDX files of a set.
 *
 * @param source the place that was named
 */
record IdxFiles(Path source, Path trainImages, Path trainLabels, Path testImages, Path testLabels) {
  /** What the names of such files begin with, as a regular expression. */
  static final String BEGINNING = "(.+-)?(train|t10k|test)-(images|labels)[-.]idx[0-9]-";

  private static final Pattern NAME = Pattern.compile(BEGINNING + "[a-z]+([.]gz)?");

  /** A directory may hold files of other kinds, but not any number of them. */
  private static final int MOST_FILES = 100_000;

  /** What a file's name says: of which set, which part of it, images or labels. */
  private record Name(String set, String part, String content) {
    static Name of(Path file) {
      Matcher name = NAME.matcher(file.getFileName().toString());
      if (!name.matches()) {
        return new Name("", "", "");
      }
      String set = name.group(1);
      return new Name(
          set == null ? "" : set, name.group(2).equals("train") ? "train" : "test", name.group(3));
    }

    boolean isKnown() {
      return !part.isEmpty();
    }

    @Override
    public String toString() {
      String digit = content.equals("images") ? "3" : "1";
      return set
          + (part.equals("train") ? part : "t10k")
          + "-"
          + content
          + "-idx"
          + digit
          + "-ubyte";
    }
  }

  static boolean areAt(Path place) throws IOException {
    return Files.isDirectory(place)
        ? !named(place, _ -> true).isEmpty()
        : place.getFileName() != null && Name.of(place).isKnown();
  }

  /** The files of a directory, or of the set that a file belongs to. */
  static IdxFiles in(Path place) throws IOException {
    if (!CifarPlace.exists(place)) {
      throw new NoSuchFileException(place.toString(), null, "no such file or directory");
    }
    if (Files.isDirectory(place)) {
      return of(place, place, named(place, _ -> true));
    }
    Name name = Name.of(place);
    if (!name.isKnown()) {
      throw new FileFormatException(
          place.toString(),
          "a name such as train-images-idx3-ubyte.gz expected, by which the other files are found");
    }
    Path parent = place.toAbsolutePath().getParent();
    Path directory = parent == null ? place.toAbsolutePath() : parent;
    return of(place, directory, named(directory, other -> other.set().equals(name.set())));
  }

  /** IDX files by what they are; of one that is there twice, that which is not compressed. */
  private static TreeMap<String, Path> named(Path directory, Predicate<Name> wanted)
      throws IOException {
    TreeMap<String, Path> files = new TreeMap<>();
    try (DirectoryStream<Path> all = Files.newDirectoryStream(directory)) {
      int count = 0;
      for (Path file : all) {
        Name name = Name.of(file);
        if (name.isKnown() && wanted.test(name) && !Files.isDirectory(file)) {
          files.merge(name.toString(), file, IdxFiles::preferred);
        }
        if (++count == MOST_FILES) {
          break;
        }
      }
    } catch (AccessDeniedException e) {
      AccessDeniedException clear =
          new AccessDeniedException(
              directory.toString(), null, "may not be read (permission denied)");
      clear.initCause(e);
      throw clear;
    }
    return files;
  }

  /** The shorter name is not compressed; else the first of the alphabet, on every system. */
  private static Path preferred(Path a, Path b) {
    String first = a.getFileName().toString();
    String second = b.getFileName().toString();
    boolean zipped = first.endsWith(".gz");
    if (zipped != second.endsWith(".gz")) {
      return zipped ? b : a;
    }
    return first.compareTo(second) <= 0 ? a : b;
  }

  private static IdxFiles of(Path source, Path directory, TreeMap<String, Path> files)
      throws FileFormatException {
    Set<String> sets = new TreeSet<>();
    for (Path file : files.values()) {
      sets.add(Name.of(file).set());
    }
    if (sets.size() > 1) {
      throw new FileFormatException(
          source.toString(),
          "files of one set expected, of "
              + sets.size()
              + " found; name one of the files, such as "
              + files.firstEntry().getValue());
    }
    String set = sets.isEmpty() ? "" : sets.iterator().next();
    List<Path> found = new ArrayList<>();
    List<String> missing = new ArrayList<>();
    for (String part : List.of("train", "test")) {
      for (String content : List.of("images", "labels")) {
        String name = new Name(set, part, content).toString();
        Path file = files.get(name);
        if (file == null) {
          missing.add(name);
        } else {
          found.add(file);
        }
      }
    }
    if (!missing.isEmpty()) {
      throw new FileFormatException(
          source.toString(),
          "no images here: "
              + String.join(", ", missing)
              + " missing in "
              + directory
              + " (as they are, or with .gz)");
    }
    return new IdxFiles(source, found.get(0), found.get(1), found.get(2), found.get(3));
  }

  // What they hold.

  LabelledImages read(Layout layout) throws IOException {
    IdxFile trainLabelBytes = IdxFile.ofLabels(trainLabels);
    IdxFile testLabelBytes = IdxFile.ofLabels(testLabels);
    IdxFile trainBytes = IdxFile.ofImages(trainImages, layout);
    requireAsMany(trainBytes, trainLabelBytes);
    IdxFile testBytes = IdxFile.ofImages(testImages, layout);
    requireAsMany(testBytes, testLabelBytes);
    if (!trainBytes.shape().equals(testBytes.shape())) {
      throw new FileFormatException(
          testBytes.name(),
          "images "
              + trainBytes.shape()
              + " expected as in "
              + trainBytes.name()
              + ", found "
              + testBytes.shape());
    }
    int classes = 1 + largest(trainLabelBytes);
    if (largest(testLabelBytes) >= classes) {
      throw new FileFormatException(
          testLabelBytes.name(),
          "label "
              + largest(testLabelBytes)
              + " is too large: the largest of the training images' is "
              + (classes - 1));
    }
    List<IdxFile> all = List.of(trainBytes, trainLabelBytes, testBytes, testLabelBytes);
    PublishedIdx published = PublishedIdx.of(all.stream().map(IdxFile::sha256).toList());
    List<LabelledImages.Checksum> checksums = new ArrayList<>();
    for (IdxFile file : all) {
      String name = file.path().getFileName().toString();
      checksums.add(new LabelledImages.Checksum(name, file.sha256(), published != null));
    }
    return LabelledImages.of(
        ImageSet.wrap(
            trainBytes.shape(), layout, classes, trainLabelBytes.bytes(), trainBytes.bytes()),
        ImageSet.wrap(
            testBytes.shape(), layout, classes, testLabelBytes.bytes(), testBytes.bytes()),
        published != null
            ? published.classNames()
            : IntStream.range(0, classes).mapToObj(Integer::toString).toList(),
        source.toString(),
        published != null ? published.title() : "IDX files",
        checksums);
  }

  private static void requireAsMany(IdxFile images, IdxFile labels) throws FileFormatException {
    if (images.count() != labels.count()) {
      throw new FileFormatException(
          labels.name(),
          images.count()
              + " labels expected, one for each image of "
              + images.name()
              + ", found "
              + labels.count());
    }
  }

  private static int largest(IdxFile labels) {
    byte[] bytes = labels.bytes();
    return IntStream.range(0, bytes.length).map(i -> bytes[i] & 0xff).max().orElse(0);
  }
}
