package main

import (
	"context"
	"errors"
	"path/filepath"

	"tuckshop/internal/config"
	"tuckshop/internal/pictures"
)

// openPictures opens the place where the configuration says that pictures are
// kept.
func openPictures(cfg config.Config) (*pictures.Store, error) {
	if cfg.Media == nil {
		return pictures.Open(filepath.Join(cfg.DataDir, "media"))
	}
	return pictures.OpenBucket(pictures.Bucket{
		URL: cfg.Media.URL, Region: cfg.Media.Region, AccessKey: cfg.Media.AccessKey, SecretKey: cfg.Media.SecretKey,
	}), nil
}

// checkPictures tries that place out, for the doctor; nil where it is a folder.
func checkPictures(cfg config.Config) func(context.Context) error {
	if cfg.Media == nil {
		return nil
	}
	return func(ctx context.Context) error {
		store, err := openPictures(cfg)
		if err != nil {
			return err
		}
		return errors.Join(store.Check(ctx), store.Close())
	}
}
