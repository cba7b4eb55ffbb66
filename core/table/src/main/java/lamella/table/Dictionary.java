package lamella.table;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;

/**
 * Different texts and their numbers, from 0 in the order in which they came. Texts are looked up as
 * characters of an array, so that no string is made of one that is known.
 */
final class Dictionary {
  private static final int FIRST = 16;

  /** Spreads the hash over the bits that choose a place (Knuth's multiplicative hashing). */
  private static final int SPREAD = 0x9e3779b9;

  private final List<String> texts = new ArrayList<>();
  private int[] hashes = new int[FIRST];

  /** A text's number plus one at its place, or 0: open addressing, at most half full. */
  private int[] places = new int[FIRST];

  /** A dictionary of these texts, which must differ. */
  static Dictionary of(List<String> texts) {
    Dictionary dictionary = new Dictionary();
    for (String text : texts) {
      char[] chars = text.toCharArray();
      dictionary.add(chars, 0, chars.length);
    }
    return dictionary;
  }

  int size() {
    return texts.size();
  }

  String text(int number) {
    return texts.get(number);
  }

  List<String> texts() {
    return Collections.unmodifiableList(texts);
  }

  /** The number of a text; -1 if it is not there. */
  int find(char[] chars, int from, int to) {
    return places[place(chars, from, to, hash(chars, from, to))] - 1;
  }

  /** The number of a text; -1 if it is not there. */
  int find(String text) {
    return find(text.toCharArray(), 0, text.length());
  }

  /** The number of a text, which is added if it is not there. */
  int add(char[] chars, int from, int to) {
    int hash = hash(chars, from, to);
    int place = place(chars, from, to, hash);
    if (places[place] != 0) {
      return places[place] - 1;
    }
    int number = texts.size();
    texts.add(new String(chars, from, to - from));
    if (number == hashes.length) {
      hashes = Arrays.copyOf(hashes, 2 * number);
    }
    hashes[number] = hash;
    places[place] = number + 1;
    if (2 * texts.size() > places.length) {
      grow();
    }
    return number;
  }

  int add(String text) {
    return add(text.toCharArray(), 0, text.length());
  }

  private void grow() {
    places = new int[2 * places.length];
    for (int i = 0; i < texts.size(); i++) {
      int place = hashes[i] & places.length - 1;
      while (places[place] != 0) {
        place = place + 1 & places.length - 1;
      }
      places[place] = i + 1;
    }
  }

  /** Where a text is, or would be. */
  private int place(char[] chars, int from, int to, int hash) {
    int place = hash & places.length - 1;
    while (places[place] != 0) {
      int number = places[place] - 1;
      if (hashes[number] == hash && isSame(texts.get(number), chars, from, to)) {
        break;
      }
      place = place + 1 & places.length - 1;
    }
    return place;
  }

  private static boolean isSame(String text, char[] chars, int from, int to) {
    if (text.length() != to - from) {
      return false;
    }
    for (int i = 0; i < text.length(); i++) {
      if (text.charAt(i) != chars[from + i]) {
        return false;
      }
    }
    return true;
  }

  private static int hash(char[] chars, int from, int to) {
    int hash = 0;
    for (int i = from; i < to; i++) {
      hash = 31 * hash + chars[i];
    }
    hash *= SPREAD;
    return hash ^ hash >>> 16;
  }
}
