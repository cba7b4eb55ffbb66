package lamella.examples.image;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.util.Locale;

/**
 * Kinds of files, told by their first bytes. Those that are not read are named, so that the reader
 * knows what to do.
 */
enum ImageFormat {
  /** Portable Network Graphics. */
  PNG("a PNG image", "\u0089PNG"),
  /** JPEG, also as JFIF or EXIF. */
  JPEG("a JPEG image", "\u00ff\u00d8"),
  /** GIF87a and GIF89a. */
  GIF("a GIF image", "GIF8"),
  /** Windows bitmap. */
  BMP("a BMP image", "BM"),
  TIFF("a TIFF image", "II*\0", "MM\0*", "II+\0", "MM\0+"),
  WEBP("a WebP image", "RIFF????WEBP"),
  HEIC("a HEIC image", "????ftyphei", "????ftyphev", "????ftypmif1", "????ftypmsf1"),
  AVIF("an AVIF image", "????ftypavi"),
  JPEG_XL("a JPEG XL image", "\u00ff\n", "\0\0\0\fJXL "),
  JPEG_2000("a JPEG 2000 image", "\0\0\0\fjP  ", "\u00ffO\u00ffQ"),
  ICON("a Windows icon", "\0\0\1\0", "\0\0\2\0"),
  PHOTOSHOP("a Photoshop image", "8BPS"),
  NETPBM("a Netpbm image (PBM, PGM, PPM)", "P1", "P2", "P3", "P4", "P5", "P6", "P7"),
  MNG("an MNG animation", "\u008aMNG", "\u008bJNG"),
  PDF("a PDF document", "%PDF"),
  ZIP("a zip file", "PK\3\4"),
  GZIP("a gzip file", "\u001f\u008b"),
  LFS("a Git LFS pointer", "version https://git-lfs"),
  HTML("a web page", "<!doctype html", "<html"),
  XML("an XML file (SVG?)", "<?xml", "<svg"),
  EMPTY("an empty file"),
  UNKNOWN("no image");

  private static final int LONGEST = 32;

  private final String name;

  /** With bars between them. */
  private final String beginnings;

  /**
   * A kind.
   *
   * @param name with its article
   * @param beginnings of its files, a character a byte; {@code ?} is any; letters in either case
   *     where a text begins so
   */
  ImageFormat(String name, String... beginnings) {
    this.name = name;
    this.beginnings = String.join("|", beginnings);
  }

  /** The kind of a file. */
  static ImageFormat of(byte[] file) {
    if (file.length == 0) {
      return EMPTY;
    }
    String start = new String(file, 0, Math.min(file.length, LONGEST), ISO_8859_1);
    for (ImageFormat format : values()) {
      for (String beginning : format.beginnings.split("[|]", -1)) {
        if (format.matches(start, beginning)) {
          return format;
        }
      }
    }
    return UNKNOWN;
  }

  private boolean matches(String start, String beginning) {
    if (beginning.isEmpty() || start.length() < beginning.length()) {
      return false;
    }
    String text = this == HTML ? start.toLowerCase(Locale.ROOT) : start;
    for (int i = 0; i < beginning.length(); i++) {
      if (beginning.charAt(i) != '?' && beginning.charAt(i) != text.charAt(i)) {
        return false;
      }
    }
    return true;
  }

  /** Why a file of this kind is not read. */
  String refusal() {
    return switch (this) {
      case UNKNOWN -> "no PNG or JPEG image";
      case LFS -> name + "; run git lfs pull";
      case EMPTY, PDF, ZIP, GZIP, HTML -> name + ", no PNG or JPEG image";
      default -> name + "; convert it to PNG or JPEG";
    };
  }
}
