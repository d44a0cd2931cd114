package dev.mydocker.engine;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a list tells of a container: a part of its {@link ContainerRecord}, whose words these are.
 */
record ContainerHead(
    String id,
    String name,
    List<String> command,
    String image,
    @Nullable String imageId,
    long created,
    String createdLocal,
    @Nullable RunRecord run,
    @Nullable ExitRecord exit) {}
